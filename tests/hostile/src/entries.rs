//! What storage holds: of an older version, of a later one, or of another script.

use silent_session::session::{
    AttemptId, EndReason, Event, InFlightList, PendingSignOut, RefreshMarker, RefreshReply, SessionEntry,
    Status, Stored,
};

use crate::page::Page;

/// An entry in each line: what is remembered of the session, a pending sign-out, a marker, the last answer, the refreshes that
/// are out.
///
/// # Panics
///
/// When an entry is not written as it was read, when a session ends that nobody has ended, when nobody can sign in any more, and when
/// a page spins.
pub fn entries(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut lines = text.lines();
    let mut line = || lines.next().unwrap_or_default();
    let session = SessionEntry::from_entry(line());
    let sign_out = PendingSignOut::from_entry(line());
    let marker = RefreshMarker::from_entry(line());
    let answered = RefreshReply::from_entry(line());
    let in_flight = InFlightList::from_entry(line());

    let again = |entry: String| SessionEntry::from_entry(&entry);
    assert_eq!(session.map(SessionEntry::to_entry).and_then(again), session);
    assert_eq!(
        sign_out.map(PendingSignOut::to_entry).and_then(|entry| PendingSignOut::from_entry(&entry)),
        sign_out
    );
    let attempt = AttemptId::draw(&mut || 7);
    let entry = marker.map(|marker| marker.to_entry(attempt));
    assert_eq!(entry.and_then(|entry| RefreshMarker::from_entry(&entry)), marker);
    assert_eq!(
        answered.map(RefreshReply::to_entry).and_then(|entry| RefreshReply::from_entry(&entry)),
        answered
    );
    assert_eq!(InFlightList::from_entry(&in_flight.to_entry()), in_flight);

    let stored =
        Stored { is_kept: true, session, sign_out, marker, answered, in_flight, ..Stored::default() };
    let mut page = Page::new();
    page.happens_with(stored, Event::Woken { was_away: true, is_seen: true });
    page.refreshes();
    page.waits(5_000);
    page.happens_with(stored, Event::StorageChanged);
    page.waits(100_000);
    if let Status::Ended { reason, .. } = page.status() {
        let said = matches!(session, Some(SessionEntry::Over { .. })) || sign_out.is_some();
        assert!(said && reason != EndReason::None, "nobody has said so");
    }
    assert!(page.signs_in(stored), "locked out");
}
