//! What storage and other tabs say is bounded: a date that cannot be true locks nobody out.

use silent_session::session::{
    AccessToken, AttemptId, Debt, EpochId, Fingerprint, InFlight, MarkerState, Offer, Pace, PeerMessage,
    PendingSignOut, RefreshMarker, RefreshReply, SessionEntry, Spent, Stored, Subject,
};

use super::*;

const YEAR: i64 = 366 * 24 * HOUR;

/// What another script of the origin, or a page whose clock was wrong, has left or says.
#[derive(Clone, Debug)]
enum Forged {
    Stored(Box<Stored>),
    Said(PeerMessage),
}

fn epoch_at(wall_ms: i64) -> EpochId {
    EpochId::draw(&mut || 0xffff_ffff_ffff_fffe, wall_ms, None)
}

/// Everything that has a date, with this one.
fn dated(at: i64) -> Vec<Forged> {
    let until = epoch_at(at);
    let begun = Fingerprint { epoch: until, subject: Some(7), person: None };
    let stored = |stored: Stored| Forged::Stored(Box::new(Stored { is_kept: true, ..stored }));
    let marker = |state, stray_since| RefreshMarker {
        id: AttemptId::draw(&mut || 9),
        sent: at,
        state,
        companion: None,
        stray_since,
        gone: stray_since,
        under: None,
        first: at,
    };
    let offer = Offer {
        epoch: until,
        subject: Some(Subject::new("mallory", None)),
        token: AccessToken::new("forged"),
        lifetime: Some(Millis::MAX),
        age: Millis::ZERO,
        sent: at,
    };
    let mut all = vec![
        stored(Stored { session: Some(SessionEntry::Begun(begun)), ..Stored::default() }),
        Forged::Said(PeerMessage::Began(begun)),
        Forged::Said(PeerMessage::Offered(offer)),
        Forged::Said(PeerMessage::Wanted { epoch: Some(until), age: Millis::MAX }),
    ];
    let slowest = Millis::from_secs(4_000_000);
    for echoes in [false, true] {
        let answered =
            Some(RefreshReply { at, took: slowest, pace: Pace { slowest, usual: slowest }, echoes });
        all.push(stored(Stored { answered, ..Stored::default() }));
    }
    for gone in [None, Some(at), Some(i64::MIN)] {
        let listed =
            (0..4).map(|number| InFlight { attempt: AttemptId::draw(&mut || number), sent: at, gone });
        all.push(stored(Stored { in_flight: listed.collect(), ..Stored::default() }));
    }
    for spent in [at, i64::MIN, i64::MAX] {
        all.push(stored(Stored { spent: Spent([Debt(spent); 3]), ..Stored::default() }));
    }
    for reason in [EndReason::SignedOut, EndReason::Rejected] {
        all.push(stored(Stored { session: Some(SessionEntry::Over { until, reason }), ..Stored::default() }));
        all.push(Forged::Said(PeerMessage::Over { until, reason }));
    }
    all.push(stored(Stored { session: Some(SessionEntry::Abandoned { until }), ..Stored::default() }));
    for session in [None, Some(begun)] {
        for (asked, tries) in [(at, 0), (at, u32::MAX), (i64::MIN, 0), (i64::MIN, u32::MAX)] {
            for not_before in [None, Some(at), Some(i64::MIN), Some(i64::MAX)] {
                let sign_out = Some(PendingSignOut { until, session, asked, tries, not_before });
                all.push(stored(Stored { sign_out, ..Stored::default() }));
            }
        }
    }
    for state in [MarkerState::InFlight, MarkerState::Lost, MarkerState::Superseded, MarkerState::Stray] {
        for stray_since in [None, Some(at), Some(i64::MIN)] {
            for (under, first) in [(None, at), (Some(until), at), (None, i64::MIN), (Some(until), i64::MIN)] {
                let marker = RefreshMarker { under, first, ..marker(state, stray_since) };
                all.push(stored(Stored { marker: Some(marker), ..Stored::default() }));
            }
        }
    }
    all
}

fn forge(world: &mut World, tabs: &[TabId], forged: &Forged) {
    match forged {
        Forged::Stored(stored) => world.forge_entries(**stored),
        Forged::Said(message) => tabs.iter().for_each(|tab| world.say_as_stranger(*tab, message.clone())),
    }
}

fn user_in(world: &World, tab: TabId) -> Option<&'static str> {
    match world.status(tab) {
        Status::Active { grant, .. } => Some(world.server.user_of(grant.token.reveal())),
        _ => None,
    }
}

/// Whoever signs in is signed in, in all tabs and after a reload, by whatever way; whoever signs out is signed out.
fn nobody_is_locked_out(world: &mut World, tabs: [TabId; 2], what: &str) {
    let [first, second] = tabs;
    world.sign_in(first, "bob");
    world.run(20_000);
    assert_eq!(tabs.map(|tab| user_in(world, tab)), [Some("bob"); 2], "{what}: signed in");
    let first = world.reload(first);
    world.run(20_000);
    assert_eq!(user_in(world, first), Some("bob"), "{what}: after a reload");
    world.sign_out(second);
    world.run(20_000);
    assert_eq!([first, second].map(|tab| user_in(world, tab)), [None; 2], "{what}: signed out");
    let first = world.reload(first);
    world.run(20_000);
    assert_eq!(user_in(world, first), None, "{what}: still signed out after a reload");
    assert!(!world.cookie.is_some_and(|cookie| world.server.goes_on(cookie)), "{what}: the server knows");
    // A redirect has set the cookie, and nobody says so.
    world.sign_in_unseen("alice");
    let first = world.reload(first);
    world.run(20_000);
    assert_eq!(user_in(world, first), Some("alice"), "{what}: signed in unseen");
    assert_eq!(world.server.reuses, 0, "{what}");
}

fn two_tabs() -> (World, [TabId; 2]) {
    tabs(Config::default())
}

// Scenario 107.
#[test]
fn what_is_dated_more_than_a_year_ahead_is_treated_as_absent() {
    for ahead in [YEAR + HOUR, 10 * YEAR, 1_000 * YEAR, i64::MAX / 2] {
        for index in 0..dated(0).len() {
            let (mut world, tabs) = two_tabs();
            let forged = dated(world.moment().wall_ms().saturating_add(ahead))[index].clone();
            let what = format!("{ahead}: {forged:?}");
            forge(&mut world, &tabs, &forged);
            world.run(5_000);
            assert_eq!(tabs.map(|tab| user_in(&world, tab)), [Some("alice"); 2], "{what}");
            let tabs = tabs.map(|tab| world.reload(tab));
            forge(&mut world, &tabs, &forged);
            world.run(20_000);
            assert_eq!(tabs.map(|tab| user_in(&world, tab)), [Some("alice"); 2], "{what}: reloaded");
            nobody_is_locked_out(&mut world, tabs, &what);
        }
    }
}

/// A page that restores nothing is delivered with a token, and takes it.
// Scenario 107.
#[test]
fn a_seed_is_taken_whatever_is_stored_that_is_dated_more_than_a_year_ahead() {
    for tells_sign_out in [true, false] {
        for index in 0..dated(0).len() {
            let config = Config { restore: false, tells_sign_out, ..Config::default() };
            let mut world = World::signed_in(config, 1);
            let forged = dated(world.moment().wall_ms() + 10 * YEAR)[index].clone();
            if let Forged::Stored(_) = &forged {
                let what = format!("{forged:?}");
                forge(&mut world, &[TAB], &forged);
                let page = world.reload(TAB);
                forge(&mut world, &[page], &forged);
                let issued = world.render().unwrap();
                let ticket = world.seed(page, issued);
                world.run(20_000);
                assert_eq!(world.answer(page, ticket), Some(&Ok(Reply::Done)), "{what}");
                assert_eq!(user_in(&world, page), Some("alice"), "{what}");
            }
        }
    }
}

// Scenario 107.
#[test]
fn what_is_dated_less_than_a_year_ahead_locks_nobody_out() {
    for ahead in [-YEAR, -1_000, 1_000, HOUR, 24 * HOUR, YEAR - 2 * 24 * HOUR] {
        for index in 0..dated(0).len() {
            let (mut world, tabs) = two_tabs();
            let forged = dated(world.moment().wall_ms() + ahead)[index].clone();
            forge(&mut world, &tabs, &forged);
            // What is out and never settles counts for two minutes.
            let is_listed =
                matches!(&forged, Forged::Stored(stored) if stored.in_flight.iter().next().is_some());
            world.run(if is_listed { 125_000 } else { 20_000 });
            nobody_is_locked_out(&mut world, tabs, &format!("{ahead}: {forged:?}"));
        }
    }
}

/// A page that was loaded with the right time goes on hearing the others.
#[test]
fn tabs_go_on_hearing_each_other_when_the_clock_is_set_by_years() {
    for jump in [-30 * YEAR, -2 * YEAR, 2 * YEAR, 30 * YEAR] {
        let (mut world, tabs) = two_tabs();
        world.step_wall_clock(jump);
        world.run(2_000);
        world.sign_out(tabs[0]);
        world.run(2_000);
        assert_eq!(tabs.map(|tab| user_in(&world, tab)), [None; 2], "{jump}");
        world.sign_in(tabs[1], "bob");
        world.run(2_000);
        assert_eq!(tabs.map(|tab| user_in(&world, tab)), [Some("bob"); 2], "{jump}");
        let third = world.reload(tabs[0]);
        world.run(20_000);
        assert_eq!(user_in(&world, third), Some("bob"), "{jump}");
    }
}

/// Pages that were loaded while the clock was wrong, and after it was set right.
// Scenario 107.
#[test]
fn a_clock_that_was_years_ahead_locks_nobody_out_once_it_is_right() {
    for jump in [-30 * YEAR, -2 * YEAR, 2 * YEAR, 30 * YEAR] {
        let mut world = World::new(Config::default(), 1);
        world.step_wall_clock(jump);
        world.start();
        world.run(1_000);
        world.sign_in(TAB, "alice");
        world.run(1_000);
        world.step_wall_clock(-jump);
        let tabs = [world.reload(TAB), world.visit()];
        world.run(20_000);
        assert_eq!(tabs.map(|tab| user_in(&world, tab)), [Some("alice"); 2], "{jump}");
        nobody_is_locked_out(&mut world, tabs, &format!("{jump}"));
    }
}
