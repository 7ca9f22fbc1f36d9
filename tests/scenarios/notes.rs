//! The notes that tabs send each other about their refreshes, and what a page stores of them.

use silent_session::session::{
    AttemptId, Budget, Charge, InFlight, MarkerState, Note, Noted, PeerMessage, RefreshMarker,
};

use super::unkept::{Unkept, cases, sharing, two};
use super::*;
use world::Habit;

// Scenario 126.
#[test]
fn what_a_page_hears_of_a_worker_is_written_down() {
    let (mut world, [_, worker]) = two(Unkept::Worker, alone());
    world.server.faults = vec![Fault::Slow(5_000)];
    world.renew(worker);
    world.run(1_000);
    assert_eq!(world.stored().in_flight.iter().count(), 1);
    assert!(world.stored().marker.is_some());
    world.run(10_000);
    assert_eq!(world.stored().in_flight.iter().count(), 0);
    assert_eq!(world.stored().marker, None);
}

/// A page that was frozen hears of it late.
// Scenario 126.
#[test]
fn old_news_of_a_worker_is_not_written_down() {
    let (mut world, [page, worker]) = two(Unkept::Worker, alone());
    world.freeze(page);
    world.server.faults = vec![Fault::Silence];
    world.renew(worker);
    world.run(1_000);
    world.kill_tab(worker);
    world.run(20_000);
    world.thaw(page, true, true);
    world.run(10);
    assert_eq!(world.stored().in_flight.iter().count(), 0);
    assert_eq!(world.stored().marker, None);
}

/// However long a message takes: what it says of a refresh that has settled since is not written
/// down again.
// Scenario 126.
#[test]
fn what_has_settled_is_not_noted_again() {
    for delay in [0, 1, 5, 20] {
        for (unkept, first, shares_token) in cases() {
            let (mut world, both) = two(unkept, sharing(shares_token));
            world.channel.least = delay;
            let what = format!("{unkept:?}, first {first}, {shares_token}, {delay} ms");
            for _ in 0..4 {
                let all = [both[first], both[1 - first]].map(|tab| (tab, world.renew(tab)));
                world.run(6_000);
                for (tab, ticket) in all {
                    assert_eq!(world.answer(tab, ticket), Some(&Ok(Reply::Done)), "{what}");
                }
                assert_eq!(
                    (world.stored().marker, world.stored().in_flight.iter().count()),
                    (None, 0),
                    "{what}"
                );
            }
            let ticket = world.sign_out(TAB);
            world.run(1_000);
            assert_eq!(world.answer(TAB, ticket), Some(&CONFIRMED), "{what}");
        }
    }
}

/// What others keep themselves, what somebody has only heard, what is old or dated ahead, and what
/// is earlier than what is marked: nothing of it is written down.
#[test]
fn only_news_of_a_tabs_own_are_written_down() {
    let mut world = signed_in();
    world.server.faults = vec![Fault::Slow(5_000)];
    world.renew(TAB);
    world.run(1_000);
    let (before, now) = (world.stored(), world.moment().wall_ms());
    let attempt = AttemptId::draw(&mut || 7);
    let mark = |sent| {
        let marker = before.marker.unwrap();
        Note::Mark {
            attempt,
            marker: RefreshMarker { id: attempt, sent, state: MarkerState::InFlight, ..marker },
        }
    };
    let list = Note::List(InFlight { attempt, sent: now, gone: None });
    for (is_kept, is_whole, sent, note, is_written) in [
        (true, false, now, list, false),
        (false, true, now, list, false),
        (false, false, now - 6_000, list, false),
        (false, false, now + 6_000, list, false),
        (false, false, now, mark(now - 2_000), false),
        (true, true, now, mark(now), false),
        (false, false, now, mark(now), true),
        (false, false, now, list, true),
    ] {
        let what = format!("{is_kept}, {is_whole}, {sent}, {note:?}");
        let before = world.stored();
        let noted = Noted { is_kept, is_whole, sent, notes: vec![note] };
        world.say_as_stranger(TAB, PeerMessage::Noted(noted));
        assert_eq!(world.stored() != before, is_written, "{what}");
    }
}

/// It has sent its refresh before it knew that a worker was there.
#[test]
fn a_page_that_meets_a_worker_tells_it_what_is_out() {
    for shares_token in [true, false] {
        let (mut world, [page, worker]) = two(Unkept::Worker, sharing(shares_token));
        world.close_tab(page);
        world.run(5_000);
        world.server.faults = vec![Fault::Slow(20_000)];
        let page = world.visit();
        world.renew(page);
        world.run(500);
        for _ in 0..20 {
            world.renew(worker);
            world.run(2_000);
        }
        let is_well = (world.server.reuses, world.is_active(page), world.is_active(worker));
        assert_eq!(is_well, (0, true, true), "{shares_token}");
    }
}

/// A page goes on hearing of the worker's first refresh, which is never answered, when others have
/// long sent later ones.
#[test]
fn what_a_worker_says_of_an_earlier_refresh_takes_the_place_of_no_later_marker() {
    let config = Config { refresh_ahead: false, shares_token: false, ..Config::default() };
    let mut world = World::signed_in(config, 1);
    let worker = world.visit_worker();
    world.server.faults = vec![Fault::Silence];
    world.run(50_000);
    world.server.faults = vec![Fault::Lost];
    let page = world.visit();
    world.run(10_000);
    assert_eq!((world.server.reuses, [TAB, worker, page].map(|tab| world.is_active(tab))), (0, [true; 3]));
}

/// The list was on its way when a page sent one more.
// Scenario 102.
#[test]
fn a_list_of_what_was_spent_that_comes_late_gives_a_worker_nothing_back() {
    let sent_by_worker = |is_late: bool| {
        let mut world = World::new(Config { shares_token: false, ..Config::default() }, 1);
        world.signed_in_elsewhere(TAB, "alice");
        world.start();
        world.server.habits.replies = vec![Habit::Fault(Fault::Status(503, None))];
        let worker = world.visit_worker();
        world.freeze(TAB);
        let now = world.moment().wall_ms();
        let one = Charge { budget: Budget::Idle, at: now, ms: 200_000 };
        let say = |world: &mut World, is_whole, charges: &[Charge]| {
            let notes = charges.iter().copied().map(Note::Charged).collect();
            let noted = Noted { is_kept: true, is_whole, sent: now, notes };
            world.say_as_stranger(worker, PeerMessage::Noted(noted));
        };
        say(&mut world, false, &[one; 9]);
        if is_late {
            // The list counts the first of these charges only.
            say(&mut world, true, &[Charge { at: now + 200_000 - 2_000_000, ms: 2_000_000, ..one }]);
        }
        world.run(HOUR);
        world.tabs[worker.0].sent().count()
    };
    let count = sent_by_worker(false);
    assert_eq!((sent_by_worker(true), count > 5), (count, true), "{count}");
}
