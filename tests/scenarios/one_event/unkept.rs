//! A session whose browser stores nothing: what it tells others of its refreshes, and what it remembers of theirs.

use silent_session::session::{Event, InFlight, Note, PeerMessage};

use super::*;

/// The refreshes of which it tells the other tabs when it wakes.
fn tells(one: &mut One) -> Vec<AttemptId> {
    let commands = one.happens(Event::Woken { was_away: true, is_seen: true });
    let own = commands.iter().find_map(|command| match command {
        Command::Tell(PeerMessage::Noted(noted)) => Some(noted.notes.clone()),
        _ => None,
    });
    let attempt = |note: &Note| match note {
        Note::Mark { attempt, .. } | Note::Remark { attempt, .. } => Some(*attempt),
        Note::List(InFlight { attempt, .. }) => Some(*attempt),
        _ => None,
    };
    own.expect("it tells the others").iter().filter_map(attempt).collect()
}

// Scenario 126.
#[test]
fn it_tells_of_its_own_refreshes_and_of_no_others() {
    let mut one = One::signed_in(Config::default());
    let attempt = one.wants_renewal(1);
    one.happens(Event::LockGranted { attempt, contended: false });
    let sent = one.moment().wall_ms();
    one.hears_notes(vec![Note::List(InFlight { attempt: other(), sent, gone: None })]);
    let own = tells(&mut one);
    assert!(!own.is_empty() && own.iter().all(|its| *its == attempt), "{own:?}");
    // One that was lost is out no more, and its marker stays.
    let outcome = Err(RefreshFailure::Unavailable { status: Some(503), retry_after: None });
    one.happens(Event::RefreshSettled { attempt, outcome, echoes: false });
    assert_eq!(tells(&mut one), [attempt]);
}

// Scenario 102.
#[test]
fn it_remembers_what_others_have_spent_whenever_it_looks_for_what_is_stored() {
    for hears_of in [0, 40] {
        let mut one = One::signed_in(Config::default());
        let attempt = one.wants_renewal(1);
        one.happens(Event::LockGranted { attempt, contended: false });
        let outcome = Ok(one.grant());
        one.happens(Event::RefreshSettled { attempt, outcome, echoes: false });
        one.runs(750_000);
        one.hears_of_idle_refreshes(hears_of);
        one.happens(Event::StorageChanged);
        one.turn = None;
        // Its token is about to expire.
        one.runs(149_000);
        assert_eq!(one.turn.is_some(), hears_of == 0, "of {hears_of}");
    }
}
