//! Messages of other tabs, or of whatever script of the origin posts to their channel.

use silent_session::format::{Record as _, read_message, write_message};
use silent_session::session::{Event, PeerMessage, Status, Stored};

use crate::json::JsonObject;
use crate::page::{Page, TOKEN};

/// A message of JSON in each line, as one tab hears them in a row.
///
/// # Panics
///
/// When a message is not written as it was read, when a token of somebody else is taken for alice's,
/// when nobody can sign in any more, and when a page spins.
pub fn messages(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut page = Page::new();
    let epoch = epoch_of(&page);
    // What comes now is newer than what she has.
    page.waits(1_000);
    for line in text.lines() {
        let Some(envelope) = JsonObject::parse(line) else { continue };
        let Some((from, message)) = read_message(&envelope) else { continue };
        let written = JsonObject::new(write_message::<JsonObject>(from, &message));
        assert_eq!(read_message(&written), Some((from, message.clone())), "read and written");
        if let PeerMessage::Offered(offer) = &message {
            let token = offer.token.reveal();
            assert!(token.bytes().all(|byte| byte.is_ascii_graphic()), "no header can carry it");
        }
        page.happens(Event::PeerSpoke { from, message });
        if let Status::Active { epoch: now, grant, .. } = page.status()
            && Some(now) == epoch
        {
            let is_alices = grant.subject.as_ref().is_some_and(|subject| subject.reveal() == "alice");
            assert!(is_alices, "a token of somebody else's in the session of alice");
        }
        page.waits(10);
    }
    page.waits(1_000_000);
    if let Status::Active { epoch: now, grant, .. } = page.status() {
        assert!(Some(now) != epoch || grant.token.reveal() == TOKEN || text.contains("token"));
    }
    assert!(page.signs_in(Stored::default()), "locked out");
}

fn epoch_of(page: &Page) -> Option<silent_session::session::EpochId> {
    match page.status() {
        Status::Active { epoch, .. } => Some(epoch),
        _ => None,
    }
}
