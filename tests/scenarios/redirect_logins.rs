//! A login page of the auth server sets the cookie of somebody else and sends the browser back; the page that loads then says
//! `signIn()`. Whoever was signed in before is not shown there again, whatever refresh of theirs is still out.

use super::*;

/// Which refresh of alice's is out when the page goes to the login page.
#[derive(Clone, Copy, Debug)]
enum Out {
    Own,
    OtherTabs,
    /// That of another tab, which is closed as well.
    Gone,
}

/// Alice is signed in in two tabs; a refresh takes `slow` ms, and the first page has gone to the login page.
fn at_the_login_page(config: Config, slow: i64, out: Out) -> (World, TabId) {
    let (mut world, [page, other]) = tabs(config);
    if world.config.rotation == Some(Rotation::Refuses) {
        (world.server.on_spent, world.server.knows_attempts) = (OnSpent::Refuse, false);
    }
    world.run(MINUTE);
    world.server.faults = vec![Fault::Slow(slow)];
    world.renew(if matches!(out, Out::Own) { page } else { other });
    world.run(100);
    if matches!(out, Out::Gone) {
        world.close_tab(other);
    }
    (world, page)
}

const OUT: [Out; 3] = [Out::Own, Out::OtherTabs, Out::Gone];

// Scenario 128.
#[test]
fn the_page_that_comes_back_shows_who_has_signed_in_or_nobody() {
    for (rotation, shares_token) in [None, Some(Rotation::Replays), Some(Rotation::Refuses)]
        .into_iter()
        .flat_map(|rotation| [(rotation, true), (rotation, false)])
    {
        for (slow, out) in [1_000, 3_000, 8_000].into_iter().flat_map(|slow| OUT.map(|out| (slow, out))) {
            // After how long it comes back, and how long after its start it says so: before other tabs have been heard, or later.
            for away in [300, 1_000, 5_000] {
                for later in [None, Some(0), Some(1), Some(15), Some(50), Some(500)] {
                    let config = Config { rotation, shares_token, ..Config::default() };
                    let (mut world, page) = at_the_login_page(config, slow, out);
                    world.close_tab(page);
                    world.run(away);
                    world.sign_in_unseen("bob");
                    let page = world.visit();
                    later.into_iter().for_each(|ms| world.run(ms));
                    world.ask_cookie_sign_in(page);
                    let case = format!("{rotation:?}, {shares_token}, {slow}, {out:?}, {away}, {later:?}");
                    let mut may_be_shown = shows(&world, page, "alice");
                    for _ in 0..400 {
                        world.run(50);
                        may_be_shown &= shows(&world, page, "alice");
                        assert!(may_be_shown || !shows(&world, page, "alice"), "{case}");
                    }
                    assert!(!shows(&world, page, "alice"), "{case}");
                }
            }
        }
    }
}

// Scenario 128.
#[test]
fn a_sign_out_before_it_is_not_undone_by_a_refresh_that_was_out() {
    for (tells_sign_out, rotation) in [(true, None), (false, None), (true, Some(Rotation::Replays))]
        .into_iter()
        .chain([(false, Some(Rotation::Replays))])
    {
        for (slow, out) in
            [2_000, 5_000, 8_000, 12_000].into_iter().flat_map(|slow| OUT.map(|out| (slow, out)))
        {
            for away in [300, 1_000, 3_000] {
                let config = Config { tells_sign_out, rotation, ..Config::default() };
                let (mut world, page) = at_the_login_page(config, slow, out);
                world.sign_out(page);
                world.run(500);
                world.close_tab(page);
                world.run(away);
                world.sign_in_unseen("bob");
                let page = world.visit();
                world.ask_cookie_sign_in(page);
                for _ in 0..600 {
                    world.run(100);
                    let case = format!("tells: {tells_sign_out}, {rotation:?}, {slow}, {out:?}, {away}");
                    assert!(!shows(&world, page, "alice"), "{case}");
                }
            }
        }
    }
}

// Scenario 128.
#[test]
fn a_callback_page_that_goes_on_at_once_leaves_nobody_else_behind() {
    for rotation in [None, Some(Rotation::Replays), Some(Rotation::Refuses)] {
        for (slow, out) in [1_000, 3_000, 8_000].into_iter().flat_map(|slow| OUT.map(|out| (slow, out))) {
            // How long the callback page stays, and whether the next one says so once more.
            for (stays, says_again) in [(10, false), (200, false), (1_000, false), (10, true), (200, true)] {
                let config = Config { rotation, ..Config::default() };
                let (mut world, page) = at_the_login_page(config, slow, out);
                world.close_tab(page);
                world.run(500);
                world.sign_in_unseen("bob");
                let callback = world.visit();
                world.ask_cookie_sign_in(callback);
                world.run(stays);
                let mut page = world.reload(callback);
                if says_again {
                    world.ask_cookie_sign_in(page);
                    world.run(stays);
                    page = world.reload(page);
                }
                let case = format!("{rotation:?}, {slow}, {out:?}, {stays}, {says_again}");
                for _ in 0..600 {
                    world.run(100);
                    assert!(!shows(&world, page, "alice"), "{case}");
                }
            }
        }
    }
}

// Scenario 128.
#[test]
fn the_same_person_who_comes_back_is_signed_in_where_it_is_said_at_once_or_tokens_name_their_session() {
    for (tells, is_told) in [(Tells::Session, true), (Tells::Token, false), (Tells::Person, false)] {
        // `None` is said in the task in which the session is created.
        for later in [None, Some(0), Some(1), Some(15), Some(30), Some(60)] {
            let mut world = World::signed_in_at(tells, Config::default(), 1);
            world.run(10 * MINUTE);
            world.close_tab(TAB);
            world.run(MINUTE);
            world.sign_in_unseen("alice");
            let page = world.visit();
            later.into_iter().for_each(|ms| world.run(ms));
            world.ask_cookie_sign_in(page);
            world.run(MINUTE);
            // Otherwise it may be the cookie of before, over that of somebody else.
            let is_shown = shows(&world, page, "alice");
            let is_unsure = matches!(world.status(page), Status::Ended { reason: EndReason::Replaced, .. });
            let may_be_unsure = !is_told && later.is_some();
            assert!(
                is_shown || (is_unsure && may_be_unsure),
                "{tells:?}, {later:?}: {:?}",
                world.status(page)
            );
        }
    }
}
