//! Answers of the auth server, or of whoever stands in its way, as the shell reads them: plain values.
//! What the shell makes of texts and objects: `tests/reply/hostile.test.mjs`.

use silent_session::format::{Head, ServerClock, Times, claims_of, subject_in};
use silent_session::session::{
    AccessToken, EndReason, Event, FailureKind, Grant, Millis, RefreshFailure, Status,
};

use crate::json::JsonObject;
use crate::page::{Page, TOKEN};

/// The statuses that end a session by default.
const ENDING: [u16; 3] = [400, 401, 403];

/// The plain values of an answer. NaN stands for a number that it does not contain.
struct Answer {
    head: Head,
    expires_in: f64,
    expires_at: f64,
    server_now: f64,
    /// Empty if there is none.
    token: String,
}

impl Answer {
    /// The first two bytes are the status. The lines after them: `foreign` or any other text; the
    /// pause, `expires_in`, `expires_at` and the server's clock as numbers; the token.
    fn read(data: &[u8]) -> Option<Self> {
        let (status, rest) = data.split_first_chunk::<2>()?;
        let text = String::from_utf8_lossy(rest);
        let mut lines = text.splitn(6, '\n');
        let mut line = || lines.next().unwrap_or_default();
        let is_foreign = line() == "foreign";
        let mut number = || line().trim().parse().unwrap_or(f64::NAN);
        let head = Head { status: u16::from_be_bytes(*status) % 600, is_foreign, retry_after: number() };
        let (expires_in, expires_at, server_now) = (number(), number(), number());
        // The shell hands over no other token.
        let token = line().chars().filter(char::is_ascii_graphic).collect();
        Some(Self { head, expires_in, expires_at, server_now, token })
    }

    /// Reads it as the answer to a refresh, as `src/web` does.
    fn of_refresh(&self, page: &Page) -> Result<Grant, RefreshFailure> {
        let Self { head, token, .. } = self;
        if !(200..300).contains(&head.status) {
            return Err(head.failure(ENDING.contains(&head.status)));
        }
        if token.is_empty() {
            return Err(head.without_token());
        }
        let claims = claims_of::<JsonObject>(token);
        let local_now = page.moment().wall_ms() as f64 / 1000.0;
        let times = Times::new(claims.as_ref(), self.expires_in, self.expires_at, self.server_now, local_now);
        let lifetime = ServerClock::default().lifetime(&times, page.moment());
        Ok(Grant {
            token: AccessToken::new(token),
            received: page.moment(),
            lifetime: lifetime.map_err(RefreshFailure::Malformed)?,
            subject: claims.as_ref().and_then(|claims| subject_in(claims, "sub")),
        })
    }

    /// Reads it as the answer to a sign-out.
    fn of_sign_out(&self) {
        let Head { status, is_foreign, .. } = self.head;
        match self.head.signed_out() {
            Ok(()) => assert!((200..300).contains(&status) && !is_foreign, "{status} confirms it"),
            Err(RefreshFailure::Rejected { .. }) => assert!(!is_foreign && status < 500, "{status}"),
            Err(failure) => assert_ne!(failure.kind(), FailureKind::Rejected),
        }
    }
}

/// Has a page read an answer.
///
/// # Panics
///
/// When a session ends by anything but a rejection, when a sign-out is confirmed by anything but a
/// 2xx of the auth server, when a lifetime is none, and when a page spins.
pub fn answers(data: &[u8]) {
    let Some(answer) = Answer::read(data) else { return };
    answer.of_sign_out();
    let Head { status, is_foreign, .. } = answer.head;
    let mut page = Page::new();
    page.refreshes();
    let outcome = answer.of_refresh(&page);
    if let Ok(grant) = &outcome {
        assert!((200..300).contains(&status));
        let is_long = |lifetime| lifetime >= Millis::from_secs(4_000_000_000);
        assert!(!grant.lifetime.is_some_and(is_long));
        assert_ne!(grant.lifetime, Some(Millis::ZERO));
    }
    let was_rejected = matches!(outcome, Err(RefreshFailure::Rejected { .. }));
    assert_eq!(was_rejected, ENDING.contains(&status) && !is_foreign);
    if let Err(failure) = &outcome {
        assert_eq!(failure.kind() == FailureKind::Rejected, was_rejected);
    }
    settles(&mut page, &outcome);
    assert!(matches!(page.status(), Status::Active { .. }), "one answer has ended it: {outcome:?}");
    // Whatever it was, the same once more, later.
    page.waits(400_000);
    settles(&mut page, &outcome);
    page.waits(100_000_000);
    settles(&mut page, &outcome);
    match page.status() {
        Status::Active { grant, .. } => {
            let is_its = outcome.as_ref().is_ok_and(|brought| brought.token == grant.token);
            assert!(is_its || grant.token.reveal() == TOKEN);
        }
        // Somebody else's token begins another session; a rejection ends this one.
        Status::Ended { reason, .. } => assert!(was_rejected && reason == EndReason::Rejected),
        status => panic!("{status:?}"),
    }
}

fn settles(page: &mut Page, outcome: &Result<Grant, RefreshFailure>) {
    if let Some(attempt) = page.out.take() {
        let outcome = outcome.clone().map(|grant| Grant { received: page.moment(), ..grant });
        page.happens(Event::RefreshSettled { attempt, outcome, echoes: false });
    }
}
