use super::*;
use crate::session::Moment;
use crate::session::{AccessToken, Debt, Grant, Subject};

fn epoch() -> EpochId {
    EpochId::draw(&mut || 7, 1_700_000_000_000, None)
}

fn grant(person: &str, sid: Option<&str>) -> Grant {
    Grant {
        token: AccessToken::new("t"),
        received: Moment::new(0, 0),
        lifetime: None,
        subject: Some(Subject::new(person, sid)),
    }
}

/// Returns an entry as the first version writes it.
fn of_first_version(person: &str, sid: Option<&str>) -> String {
    let digest = Subject::new(person, sid).digest(epoch());
    ["begun ", &epoch().to_hex(), " ", &digest_to_text(Some(digest))].concat()
}

fn begun(entry: &str) -> Fingerprint {
    SessionEntry::from_entry(entry).and_then(SessionEntry::begun).unwrap()
}

#[test]
fn a_session_is_written_as_the_first_version_reads_it() {
    for sid in [None, Some("s1")] {
        let entry = SessionEntry::Begun(Fingerprint::of(epoch(), &grant("alice", sid))).to_entry();
        let words: Vec<&str> = entry.split(' ').collect();
        assert_eq!(words[..3].join(" "), of_first_version("alice", sid));
        assert_eq!(words.len(), if sid.is_some() { 4 } else { 3 });
        assert_eq!(begun(&entry), Fingerprint::of(epoch(), &grant("alice", sid)));
    }
}

// Scenario 94.
#[test]
fn a_session_is_recognised_by_its_person_and_in_entries_of_the_first_version_by_both() {
    let now = SessionEntry::Begun(Fingerprint::of(epoch(), &grant("alice", Some("s1")))).to_entry();
    let first = of_first_version("alice", Some("s1"));
    for (entry, person, sid, is_it) in [
        (&now, "alice", Some("s1"), true),
        (&now, "alice", Some("s2"), true),
        (&now, "alice", None, true),
        (&now, "bob", Some("s1"), false),
        (&first, "alice", Some("s1"), true),
        (&first, "alice", Some("s2"), false),
        (&first, "bob", Some("s1"), false),
        (&of_first_version("alice", None), "alice", Some("s1"), true),
    ] {
        assert_eq!(begun(entry).is_of(&grant(person, sid)), is_it, "{entry}: {person}, {sid:?}");
    }
}

// Scenario 96.
#[test]
fn a_reason_that_the_first_version_does_not_know_is_written_beside_one_that_it_knows() {
    for (reason, first) in [
        (EndReason::SignedOut, "signed-out"),
        (EndReason::Rejected, "rejected"),
        (EndReason::Replaced, "rejected"),
    ] {
        let over = SessionEntry::Over { until: epoch(), reason };
        let entry = over.to_entry();
        assert_eq!(entry.split(' ').nth(2), Some(first));
        assert_eq!(SessionEntry::from_entry(&entry), Some(over));
    }
    let abandoned = SessionEntry::Abandoned { until: epoch() };
    assert_eq!(SessionEntry::from_entry(&abandoned.to_entry()), Some(abandoned));
    assert_eq!(abandoned.to_entry(), format!("over {} signed-out abandoned", epoch().to_hex()));
    let later = format!("over {} signed-out of-a-later-version", epoch().to_hex());
    let over = SessionEntry::Over { until: epoch(), reason: EndReason::SignedOut };
    assert_eq!(SessionEntry::from_entry(&later), Some(over));
}

/// Earlier versions wrote four words.
#[test]
fn a_stray_marker_without_its_date_has_that_of_its_refresh() {
    let id = AttemptId::draw(&mut || 7).to_hex();
    for (words, since) in [("astray", Some(5_000)), ("astray - 3000", Some(3_000)), ("out", None)] {
        let marker = RefreshMarker::from_entry(&format!("{id} {id} 5000 {words}"));
        assert_eq!(marker.map(|marker| marker.stray_since), Some(since), "{words}");
    }
}

#[test]
fn a_digest_has_sixteen_digits() {
    assert_eq!(digest_from_text("-"), Some(None));
    for digest in [0, 1, 0xfedc_ba98_7654_3210, u64::MAX] {
        assert_eq!(digest_from_text(&digest_to_text(Some(digest))), Some(Some(digest)));
    }
    for text in
        ["", "1", "+123456789abcdef", "123456789abcdefg", "00123456789abcdef", "--", "é23456789abcdef"]
    {
        assert_eq!(digest_from_text(text), None, "{text}");
    }
}

#[test]
fn what_was_spent_is_read_as_it_was_written_and_what_cannot_be_read_as_nothing() {
    let spent = Spent([Debt(1_700_000_000_000), Debt(0), Debt(-5)]);
    assert_eq!(Spent::from_entry(&spent.to_entry()), spent);
    for (text, read) in [("", [0; 3]), ("7", [7, 0, 0]), ("soon 8 9", [0, 8, 9]), ("1 2 3 later", [1, 2, 3])]
    {
        assert_eq!(Spent::from_entry(text), Spent(read.map(Debt)), "{text}");
    }
}

#[test]
fn a_sign_out_is_read_as_it_was_written() {
    for session in [None, Some(None), Some(Some("s1"))] {
        let session = session.map(|sid| Fingerprint::of(epoch(), &grant("alice", sid)));
        for not_before in [None, Some(7)] {
            let pending = PendingSignOut { until: epoch(), session, asked: 5, tries: 3, not_before };
            assert_eq!(PendingSignOut::from_entry(&pending.to_entry()), Some(pending));
        }
    }
}
