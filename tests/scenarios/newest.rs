//! A sign-in is the newest fact: whatever was sent before it and is answered after it shows nobody else.

use super::*;

/// How somebody signs in where refreshes may be out.
#[derive(Clone, Copy, Debug)]
enum Form {
    /// By a function, which has waited for its turn for too long.
    Function,
    /// By an answer that the app has.
    Answer,
}

/// Alice's refresh is out for so long, at a server whose tokens tell so much.
pub(super) fn refreshing(tells: Tells, slow: i64) -> World {
    let mut world = World::signed_in_at(tells, Config::default(), 1);
    world.run(MINUTE);
    world.server.faults = vec![Fault::Slow(slow)];
    world.renew(TAB);
    world.run(100);
    world
}

/// Whether whoever is shown in this tab is bob, or nobody.
pub(super) fn shows_nobody_but_bob(world: &World, tab: TabId) -> bool {
    match world.status(tab) {
        Status::Active { grant, .. } => grant.token.reveal().ends_with("bob"),
        Status::Unknown { .. } | Status::Ended { .. } | Status::Closed => true,
    }
}

/// Lets time pass, and looks at each moment who is shown.
pub(super) fn watch(world: &mut World, ms: i64) {
    for _ in 0..ms / 20 {
        world.run(20);
        for tab in 0..world.tabs.len() {
            assert!(!world.tabs[tab].alive || shows_nobody_but_bob(world, TabId(tab)), "alice is shown");
        }
    }
}

// Scenario 95.
#[test]
fn a_late_answer_ends_the_session_of_a_sign_in_and_shows_nobody() {
    for (tells, slow) in
        [(Tells::Person, 1_500), (Tells::Session, 1_500), (Tells::Token, 14_000), (Tells::Nothing, 1_500)]
    {
        let mut world = refreshing(tells, slow);
        world.signed_in_elsewhere(TAB, "bob");
        watch(&mut world, 40_000);
        assert_eq!(world.status(TAB), ended(EndReason::Replaced), "{tells:?}, {slow}");
        // Nor does the page that comes next, or the one after it, until somebody signs in.
        let mut tab = TAB;
        for _ in 0..2 {
            tab = world.reload(tab);
            assert_eq!(refreshes(&mut world, |world| watch(world, 20_000)), 0);
            assert_eq!(world.status(tab), ended(EndReason::Replaced), "{tells:?}, {slow}");
        }
        world.sign_in(tab, "bob");
        world.run(HOUR);
        assert!(token_in(&world, tab).ends_with("bob"), "{tells:?}, {slow}");
    }
}

#[test]
fn an_answer_that_comes_after_the_time_out_does_so_too() {
    for slow in [16_000, 20_000, 40_000] {
        for form in [Form::Function, Form::Answer] {
            for tells in [Tells::Person, Tells::Nothing] {
                let mut world = refreshing(tells, slow);
                world.run(15_100);
                match form {
                    Form::Function => world.sign_in(TAB, "bob"),
                    Form::Answer => world.signed_in_elsewhere(TAB, "bob"),
                };
                world.run(100);
                if !world.is_active(TAB) {
                    // The function waits for the orphan's turn.
                    world.run(15_000);
                }
                watch(&mut world, 60_000);
                let is_over = world.status(TAB) == ended(EndReason::Replaced);
                assert!(is_over || world.is_active(TAB), "{slow}, {form:?}, {tells:?}");
                let next = world.visit();
                watch(&mut world, 20_000);
                assert!(shows_nobody_but_bob(&world, next), "{slow}, {form:?}, {tells:?}");
            }
        }
    }
}

#[test]
fn the_refresh_of_a_sign_out_shows_nobody_else_in_any_tab() {
    for sleep in [0, 1_000, 5_000, 60_000, HOUR] {
        let mut world = signed_in();
        world.visit();
        world.run(1_000);
        world.server.logout = Logout::Answers(200, "text/html");
        world.sign_out(TAB);
        world.run(50);
        // The next try compares whose session there is.
        world.server.faults = vec![Fault::Slow(2_000)];
        while !world.is_writing() {
            world.run(10);
        }
        world.signed_in_elsewhere(TAB, "bob");
        world.sleep(sleep, false);
        watch(&mut world, 60_000);
        world.renew(TAB);
        watch(&mut world, 20_000);
        let is_over = matches!(world.status(TAB), Status::Ended { reason: EndReason::Replaced, .. });
        assert!(is_over, "{sleep}: {:?}", world.status(TAB));
    }
}

// Scenario 95.
#[test]
fn a_reload_before_the_cookie_was_looked_at_shows_nobody_else() {
    for tells in [Tells::Person, Tells::Token, Tells::Nothing] {
        // Before the late answer, with it, and after it.
        for pause in [0, 1_000, 1_440, 1_460, 1_500] {
            let mut world = refreshing(tells, 1_500);
            world.signed_in_elsewhere(TAB, "bob");
            world.run(pause);
            let tab = world.reload(TAB);
            watch(&mut world, 60_000);
            assert_eq!(world.status(tab), ended(EndReason::Replaced), "{tells:?}, {pause}");
            let tab = world.reload(tab);
            watch(&mut world, 60_000);
            assert_eq!(world.status(tab), ended(EndReason::Replaced), "{tells:?}, {pause}");
        }
    }
}

// Scenario 95.
#[test]
fn a_refresh_of_another_tab_that_is_answered_late_shows_nobody_else_anywhere() {
    for tells in [Tells::Person, Tells::Token, Tells::Nothing] {
        for (closes, delay) in [(false, 0), (false, 5_000), (true, 0)] {
            let mut world = World::signed_in_at(tells, Config::default(), 1);
            let other = world.visit();
            world.run(MINUTE);
            world.channel.least = delay;
            world.server.faults = vec![Fault::Slow(1_500)];
            world.renew(other);
            world.run(100);
            world.signed_in_elsewhere(TAB, "bob");
            if closes {
                world.run(100);
                world.close_tab(other);
            } else {
                // Until it has heard of bob it shows alice, of whom it knows.
                world.run(delay.min(20));
            }
            world.run(40_000);
            watch(&mut world, 40_000);
            let statuses: Vec<_> =
                (0..if closes { 1 } else { 2 }).map(|tab| world.status(TabId(tab))).collect();
            let is_over =
                |status: &Status| matches!(status, Status::Ended { reason: EndReason::Replaced, .. });
            assert!(statuses.iter().all(is_over), "{tells:?}, {closes}, {delay}: {statuses:?}");
        }
    }
}

// Scenario 95.
#[test]
fn the_cookie_of_a_login_over_which_an_earlier_one_comes_shows_nobody_else() {
    for tells in [Tells::Person, Tells::Session, Tells::Token] {
        for reloads in [false, true] {
            for (slow, pause) in [(400, 50), (1_500, 50), (1_500, 1_000), (8_000, 50), (8_000, 3_000)] {
                for rotation in [None, Some(Rotation::Replays), Some(Rotation::None)] {
                    let mut world = World::signed_in_at(tells, Config { rotation, ..Config::default() }, 1);
                    world.run(MINUTE);
                    world.server.faults = vec![Fault::Slow(slow)];
                    world.renew(TAB);
                    world.run(100);
                    let tab = if reloads { world.reload(TAB) } else { TAB };
                    world.run(pause);
                    world.sign_in_by_cookie(tab, "bob");
                    world.run(40_000);
                    let case = format!("{tells:?}, reloads {reloads}, {slow} ms, {pause} ms, {rotation:?}");
                    for _ in 0..3 {
                        assert!(shows_nobody_but_bob(&world, tab), "{case}");
                        world.renew(tab);
                        world.run(40_000);
                    }
                }
            }
        }
    }
}

#[test]
fn a_refresh_of_the_session_before_the_one_before_shows_nobody_else_either() {
    let mut world = refreshing(Tells::Person, 1_500);
    world.signed_in_elsewhere(TAB, "bob");
    world.run(50);
    world.sign_in_by_cookie(TAB, "bob");
    watch(&mut world, 40_000);
    world.renew(TAB);
    watch(&mut world, 40_000);
}

#[test]
fn the_cookie_of_a_login_beside_a_refresh_that_is_refused_begins_a_session_of_the_same_person() {
    for reloads in [false, true] {
        let mut world = signed_in();
        world.run(MINUTE);
        world.server.revoke_all();
        world.server.faults = vec![Fault::Slow(400)];
        world.renew(TAB);
        world.run(100);
        let tab = if reloads { world.reload(TAB) } else { TAB };
        world.run(if reloads { 16_000 } else { 50 });
        world.sign_in_by_cookie(tab, "alice");
        world.run(40_000);
        assert!(token_in(&world, tab).ends_with("alice"), "{reloads}");
    }
}

#[test]
fn somebody_who_signs_in_unseen_is_shown_where_nothing_was_out() {
    for tells in [Tells::Person, Tells::Session, Tells::Token] {
        for sign_in in [World::signed_in_elsewhere, World::sign_in_by_cookie] {
            let mut world = World::signed_in_at(tells, Config::default(), 1);
            world.run(MINUTE);
            sign_in(&mut world, TAB, "bob");
            world.run(MINUTE);
            world.sign_in_unseen("alice");
            let tab = world.reload(TAB);
            world.run(1_000);
            assert!(token_in(&world, tab).ends_with("alice"), "{tells:?}");
        }
    }
}

#[test]
fn a_session_that_a_refresh_has_found_gives_way_to_the_next() {
    // A redirect, in the middle of a refresh, of which nobody has told us; its late answer is nobody's fault.
    let mut world = refreshing(Tells::Person, 12_000);
    world.run(500);
    world.sign_in_unseen("bob");
    let tab = world.reload(TAB);
    world.run(HOUR);
    assert!(world.is_active(tab), "{:?}", world.status(tab));
}

#[test]
fn a_cookie_that_the_app_has_spoken_of_begins_a_session_whenever_it_is_found() {
    for tells in [Tells::Person, Tells::Nothing] {
        let mut world = World::signed_in_at(tells, Config::default(), 1);
        let session = session_of(&world, TAB);
        world.offline = true;
        let ticket = world.sign_in_by_cookie(TAB, "bob");
        world.run(MINUTE);
        assert!(matches!(world.answer(TAB, ticket), Some(Err(Denial::Unavailable { .. }))), "{tells:?}");
        world.go_online();
        world.run(1_000);
        assert_ne!(session_of(&world, TAB), session, "{tells:?}");
        assert!(token_of(&world).ends_with("bob"), "{tells:?}");
    }
}

#[test]
fn a_sign_in_cancels_the_sign_out_of_the_session_before() {
    for is_here in [false, true] {
        let mut world = signed_in();
        let other = world.visit();
        world.run(MINUTE);
        world.freeze_lock(other);
        let ticket = world.sign_out(TAB);
        world.run(10_000);
        world.signed_in_elsewhere(if is_here { TAB } else { other }, "bob");
        world.run(100);
        assert_eq!(world.stored().sign_out, None, "{is_here}");
        assert_eq!(world.answer(TAB, ticket), Some(&Err(Denial::Changed)), "{is_here}");
        world.run(HOUR);
        assert_eq!(world.server.sign_outs, 0, "{is_here}");
        assert!(world.cookie.is_some_and(|cookie| world.server.goes_on(cookie)));
    }
}

#[test]
fn a_sign_out_ends_what_a_refresh_finds_that_was_sent_before_it() {
    // Nothing is stored, and messages are slow: the tab hears of the sign-out when its refresh has come.
    let mut world = World::new(Config::default(), 1);
    world.block_storage();
    world.start();
    world.run(1_000);
    world.sign_in(TAB, "bob");
    world.run(30_000);
    world.sign_in_unseen("alice");
    world.channel.least = 6_000;
    let tab = world.visit();
    world.server.faults = vec![Fault::Slow(4_000)];
    world.run(2_000);
    world.sign_out(TAB);
    world.run(3_000);
    assert!(world.is_active(tab));
    world.run(10_000);
    assert_eq!(world.status(tab), ended_elsewhere(EndReason::SignedOut));
}
