//! The stages of a turn, by the table of the machine's manual: an event for each row.

use std::collections::BTreeSet;

use silent_session::session::{Event, Stored, Ticket};

use super::super::world::manual::{STAGES, check_stage, name_of};
use super::*;

/// A change of stage: an event that one session handles.
struct Story {
    one: One,
    event: Event,
}

impl One {
    fn then(self, event: impl FnOnce(&Self) -> Event) -> Story {
        let event = event(&self);
        Story { one: self, event }
    }

    /// A call has asked for a renewal.
    fn locking() -> Self {
        let mut one = Self::signed_in(Config::default());
        one.wants_renewal(1);
        one
    }

    /// The lock was granted while the cookie of another page's refresh may come.
    fn holding() -> Self {
        let mut one = Self::locking();
        let stored = one.refreshed_elsewhere();
        let granted = one.granted();
        one.happens_with(stored, granted);
        one
    }

    /// The refresh is out.
    fn sent() -> Self {
        let mut one = Self::locking();
        let granted = one.granted();
        one.happens_with(one.stored(), granted);
        one
    }

    fn granted(&self) -> Event {
        Event::LockGranted { attempt: self.turn.expect("it asks for the lock"), contended: false }
    }

    fn settled(&self, outcome: Result<Grant, RefreshFailure>) -> Event {
        Event::RefreshSettled { attempt: self.turn.expect("it has sent"), outcome, echoes: false }
    }

    /// What is stored while the refresh of a page is out that has just gone.
    fn refreshed_elsewhere(&self) -> Stored {
        let marker = self.orphan(other(), 0, None);
        Stored { marker: Some(marker), marked: Some(other()), ..self.stored() }
    }
}

fn stories() -> Vec<Story> {
    let signs_out = |_: &One| Event::SignOutWanted { ticket: Ticket(7), reads_login: false };
    // All has been waited for.
    let reading = || {
        let mut one = One::holding();
        let looks = |command: &Command| matches!(command, Command::LookAgain { .. });
        assert!((0..100).any(|_| one.runs(100).iter().any(looks)));
        one
    };
    // The page was frozen before it has read what is stored.
    let mut slept = reading();
    slept.now += 15_000;
    let mut leaving = One::sent();
    leaving.happens(signs_out(&leaving));
    vec![
        One::signed_in(Config::default()).then(|_| Event::RenewalWanted { ticket: Ticket(1) }),
        One::locking().then(|_| Event::Left),
        One::locking().then(One::granted),
        One::holding().then(|_| Event::Left),
        slept.then(|one| Event::LookedAgain { attempt: one.turn.expect("it holds the lock") }),
        reading().then(|one| Event::LookedAgain { attempt: one.turn.expect("it holds the lock") }),
        One::sent().then(|one| one.settled(Err(RefreshFailure::Rejected { status: 401 }))),
        One::sent().then(|one| one.settled(Ok(one.grant()))),
        leaving.then(|one| one.settled(Ok(one.grant()))),
    ]
}

#[test]
fn each_row_of_the_table_of_stages_happens_and_nothing_else() {
    let mut happened = BTreeSet::new();
    let mut see = |one: &mut One, stored: Stored, event: Event| {
        let (before, name) = (one.session.progress(), name_of(&event));
        one.happens_with(stored, event);
        let after = one.session.progress();
        check_stage(before, &name, after);
        assert_ne!(before, after, "{name}");
        happened.insert((format!("{before:?}"), format!("{after:?}")));
    };
    let mut one = One::locking();
    let (stored, granted) = (one.refreshed_elsewhere(), one.granted());
    see(&mut one, stored, granted);
    for Story { mut one, event } in stories() {
        let is_active = matches!(one.session.status(), Status::Active { .. });
        let stored = if is_active { one.stored() } else { Stored::default() };
        see(&mut one, stored, event);
    }
    let rows: BTreeSet<_> = STAGES.iter().map(|row| (row.from.clone(), row.to.clone())).collect();
    assert_eq!(happened, rows);
}
