//! Answers of the auth server, or of whoever stands in its way.

use silent_session::format::{
    Head, Record as _, ServerClock, bearer, claims_of, find_token, is_sendable, read_times, subject_in,
    token_at,
};
use silent_session::session::{
    AccessToken, EndReason, Event, FailureKind, Grant, Millis, RefreshFailure, Status, TokenFault,
};

use crate::json::JsonObject;
use crate::page::{Page, TOKEN};

const PLACES: [&str; 8] = [
    "access_token",
    "access",
    "accessToken",
    "token",
    "data.access_token",
    "data.access",
    "data.accessToken",
    "data.token",
];

/// The first two bytes are the status, the first three lines after them headers (`Content-Type`, `WWW-Authenticate`,
/// `Retry-After`), the fourth is the server's clock, and the rest is the body. What stands after a tab in the fourth is
/// `Authorization`.
///
/// # Panics
///
/// When a session ends by anything but a rejection, when a token is taken that is none, and when a page spins.
pub fn answers(data: &[u8]) {
    let Some((status, rest)) = data.split_first_chunk::<2>() else { return };
    let status = u16::from_be_bytes(*status) % 600;
    let text = String::from_utf8_lossy(rest);
    let mut lines = text.splitn(5, '\n');
    let mut line = || lines.next().unwrap_or_default();
    let head = Head { status, content_type: line(), challenge: line(), retry_after: line() };
    let (clock, authorization) = {
        let line = line();
        line.split_once('\t').unwrap_or((line, ""))
    };
    let server_now = clock.trim().parse().ok();
    let body = line();

    let mut page = Page::new();
    page.refreshes();
    let outcome = read(&page, &head, server_now, authorization, body);
    if let Ok(grant) = &outcome {
        assert!(!grant.token.reveal().is_empty());
        assert!((200..300).contains(&status));
    }
    let was_rejected = matches!(outcome, Err(RefreshFailure::Rejected { .. }));
    assert!(!was_rejected || [400, 401, 403].contains(&status));
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

/// As the shell does.
fn read(
    page: &Page,
    head: &Head<'_>,
    server_now: Option<f64>,
    authorization: &str,
    body: &str,
) -> Result<Grant, RefreshFailure> {
    if !(200..300).contains(&head.status) {
        return Err(head.failure([400, 401, 403].contains(&head.status), |date| date.len() as f64 - 10.0));
    }
    let answer = JsonObject::parse(body).unwrap_or(JsonObject::new(Vec::new()));
    let found = find_token(&answer).map_err(|fault| head.fault(fault))?;
    let (token, within) = match found {
        Some(found) => {
            let is_there = |path| token_at(&answer, path).is_ok_and(|there| there.token == found.token);
            assert!(PLACES.into_iter().any(is_there), "a token out of nowhere");
            (found.token, found.within)
        }
        None => {
            let token = bearer(authorization).filter(|token| is_sendable(token));
            (token.ok_or_else(|| head.fault(TokenFault::Missing))?.to_owned(), None)
        }
    };
    assert!(is_sendable(&token), "no header can carry it");
    let claims = claims_of::<JsonObject>(&token);
    let local_now = page.moment().wall_ms() as f64 / 1000.0;
    let answers = [Some(&answer), within.as_ref()];
    let times = read_times(claims.as_ref(), answers, server_now, local_now);
    let lifetime = ServerClock::default().lifetime(&times, page.moment());
    let lifetime = lifetime.map_err(|fault| head.fault(fault))?;
    assert!(lifetime.is_none_or(|lifetime| lifetime < Millis::from_secs(4_000_000_000)));
    Ok(Grant {
        token: AccessToken::new(&token),
        received: page.moment(),
        lifetime,
        subject: claims.as_ref().and_then(|claims| subject_in(claims, "sub")),
    })
}
