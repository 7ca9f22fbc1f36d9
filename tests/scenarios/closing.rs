//! A session object, or a caller, goes away.

use super::*;

// Scenario 39.
#[test]
fn every_waiting_caller_is_answered_and_nothing_is_sent_any_more() {
    let mut world = signed_in();
    world.server.faults = vec![Fault::Slow(2_000)];
    world.server.revoke_access();
    let tickets = [world.renew(TAB), world.sign_in(TAB, "bob")];
    let request = world.fetch(TAB);
    world.run(100);
    world.close(TAB);
    world.close(TAB);
    assert_eq!(world.server.refreshes, 2, "the restoring one, and the one that is out");
    for ticket in tickets {
        assert_eq!(world.answer(TAB, ticket), Some(&Err(Denial::Closed)));
    }
    assert_eq!(refreshes(&mut world, |world| world.run(HOUR)), 0);
    assert_eq!(world.outcomes[&request], Outcome::Status(401));
    let late = world.access_token(TAB, None, 0);
    assert_eq!(world.answer(TAB, late), Some(&Err(Denial::Closed)));
    assert_eq!(world.tabs[0].session.deadline(world.moment()), None);
}

// Scenario 16.
#[test]
fn a_caller_that_waits_no_longer_gets_no_answer_and_takes_nothing_along() {
    let mut world = signed_in();
    let stays = world.renew(TAB);
    let goes = world.renew(TAB);
    world.withdraw(TAB, goes);
    world.run(1_000);
    assert_eq!(world.answer(TAB, stays), Some(&Ok(Reply::Done)));
    assert_eq!(world.answer(TAB, goes), None);
}

/// A page restores its session, with a reply after `slow` ms; after `gap` ms its object is closed, and another one is created in
/// the same page, as React's StrictMode and hot reloads do.
fn created_again(config: Config, slow: i64, gap: i64) -> (World, [TabId; 2]) {
    let mut world = World::signed_in(config, 1);
    match world.config.rotation {
        Some(Rotation::Refuses) => world.server.on_spent = OnSpent::Refuse,
        Some(Rotation::None) => world.server.on_spent = OnSpent::Accept,
        Some(Rotation::Replays | Rotation::Revokes) | None => {}
    }
    world.run(MINUTE);
    let closed = world.reload(TAB);
    world.server.faults = vec![Fault::Slow(slow)];
    world.run(gap);
    let next = world.recreate(closed);
    (world, [closed, next])
}

// Scenario 130.
#[test]
fn an_object_that_is_created_again_waits_for_the_refresh_of_the_one_before_and_no_longer() {
    for rotation in ROTATIONS {
        for knows_attempts in [true, false] {
            for slow in [0, 300, 1_000, 3_000, 10_000] {
                for gap in [0, 5, 100, 5_000] {
                    let (mut world, [closed, next]) =
                        created_again(Config { rotation, ..Config::default() }, slow, gap);
                    world.server.knows_attempts = knows_attempts || rotation == Some(Rotation::Replays);
                    let is_out = slow + 40 > gap;
                    world.run(if is_out { slow + 40 - gap } else { 0 } + 200);
                    let case = format!("{rotation:?}, {knows_attempts}, {slow} ms, {gap} ms");
                    assert!(world.is_active(next), "{case}");
                    world.renew(next);
                    world.run(MINUTE);
                    assert_eq!((world.server.reuses, world.is_active(next)), (0, true), "{case}");
                    assert_eq!(world.tabs[closed.0].session.deadline(world.moment()), None, "{case}");
                }
            }
        }
    }
}

#[test]
fn a_closed_object_gives_up_on_a_refresh_that_is_not_answered() {
    let (mut world, [closed, next]) = created_again(Config::default(), 40_000, 100);
    world.run(16_000);
    assert_eq!((world.server.refreshes, world.is_active(next)), (3, true), "the retry has the same id");
    assert_eq!(world.tabs[closed.0].session.deadline(world.moment()), None);
    world.run(MINUTE);
    world.renew(next);
    world.run(1_000);
    assert_eq!((world.server.reuses, world.is_active(next)), (0, true));
}

// Scenario 130.
#[test]
fn a_page_that_goes_says_so_of_the_refresh_of_a_closed_object() {
    for slow in [500, 1_000, 1_900] {
        for later in [10, 300] {
            let (mut world, [closed, next]) = created_again(Config::default(), slow, 100);
            world.server.knows_attempts = false;
            world.run(later);
            // Both are of one page.
            world.close_tab(closed);
            let page = world.reload(next);
            let gone = world.stored().marker.and_then(|marker| marker.gone);
            assert_eq!(gone, Some(world.moment().wall_ms()), "{slow} ms, {later} ms");
            world.run(MINUTE);
            assert_eq!((world.server.reuses, world.is_active(page)), (0, true), "{slow} ms, {later} ms");
        }
    }
}

#[test]
fn a_session_that_is_closed_with_a_refresh_out_shows_nothing_and_ends_nothing() {
    for outcome in [Fault::Slow(1_000), Fault::Refused, Fault::Status(503, None), Fault::Lost, Fault::Silence]
    {
        let mut world = signed_in();
        let other = world.visit();
        world.run(MINUTE);
        world.server.faults = vec![outcome];
        world.renew(TAB);
        world.close(TAB);
        world.run(MINUTE);
        assert_eq!(world.status(TAB), Status::Closed, "{outcome:?}");
        assert!(world.is_active(other), "{outcome:?}");
        world.renew(other);
        world.run(5_000);
        assert_eq!((world.server.reuses, world.is_active(other)), (0, true), "{outcome:?}");
    }
}

#[test]
fn an_object_that_is_created_again_shows_nobody_whose_refresh_the_one_before_had_out() {
    for slow in [60, 147, 1_000, 5_000] {
        for gap in [0, 30, 200] {
            for closes in [true, false] {
                let mut world = signed_in();
                world.server.faults = vec![Fault::Slow(slow)];
                world.renew(TAB);
                world.run(gap);
                world.signed_in_elsewhere(TAB, "bob");
                let next = world.recreate(TAB);
                let page = if closes { world.reload(next) } else { next };
                for _ in 0..300 {
                    world.run(100);
                    assert!(!shows(&world, page, "alice"), "{slow} ms, {gap} ms, reloads: {closes}");
                }
            }
        }
    }
}

// Scenario 130.
#[test]
fn a_closed_object_learns_that_somebody_has_signed_in_since() {
    for slow in [0, 40, 500, 3_000] {
        for (is_created_again, later) in [(true, 0), (true, 20), (false, 0), (false, 20)] {
            let (mut world, [tab, other]) = tabs(Config::default());
            let tab = world.reload(tab);
            world.server.faults = vec![Fault::Slow(slow)];
            world.run(later);
            world.signed_in_elsewhere(other, "bob");
            if is_created_again {
                world.recreate(tab);
            } else {
                world.close(tab);
            }
            let page = world.reload(other);
            for _ in 0..300 {
                world.run(100);
                let case = format!("{slow} ms, {is_created_again}, {later} ms");
                assert!(!shows(&world, page, "alice"), "{case}");
            }
        }
    }
}

#[test]
fn a_sign_out_that_looked_whose_session_there_is_leaves_its_refresh_marked() {
    // The session is closed, or its page is put away and comes back.
    for is_closed in [true, false] {
        for slow in [0, 500, 3_000] {
            let mut world = signed_in();
            world.server.sign_out_faults = vec![Fault::Status(503, None)];
            world.sign_out(TAB);
            world.run(100);
            world.server.faults = vec![Fault::Slow(slow)];
            until_sent(&mut world);
            let page = if is_closed {
                world.recreate(TAB)
            } else {
                world.put_away(TAB);
                world.visit()
            };
            world.signed_in_elsewhere(page, "bob");
            world.run(10);
            world.thaw(TAB, true, true);
            let page = world.reload(page);
            for _ in 0..300 {
                world.run(100);
                assert!(!shows(&world, page, "alice"), "closed: {is_closed}, {slow} ms");
            }
        }
    }
}

/// Somebody else signs in while a refresh is out. Its reply puts the cookie of the person before over that, one more refresh
/// finds it, and meanwhile the object is created again.
// Scenario 136.
#[test]
fn an_object_that_is_created_again_shows_nobody_whose_cookie_a_late_reply_has_left() {
    for shares_token in [true, false] {
        for slow in [100, 2_000, 8_000] {
            for slow_again in [0, 2_000, 8_000] {
                for gap in [10, 400] {
                    for closes_after in [0, 300, slow + 40, slow + 100, slow + 1_000] {
                        let mut world = World::signed_in(Config { shares_token, ..Config::default() }, 1);
                        world.run(MINUTE);
                        world.server.faults = vec![Fault::Slow(slow), Fault::Slow(slow_again)];
                        world.renew(TAB);
                        world.run(gap);
                        world.signed_in_elsewhere(TAB, "bob");
                        world.run(closes_after);
                        let next = world.recreate(TAB);
                        world.run(MINUTE);
                        world.renew(next);
                        world.run(MINUTE);
                        let case = format!("{shares_token}, {slow}, {slow_again}, {gap}, {closes_after}");
                        match world.status(next) {
                            Status::Active { grant, .. } => {
                                assert_eq!(world.server.user_of(grant.token.reveal()), "bob", "{case}");
                            }
                            status => {
                                let replaced =
                                    Status::Ended { reason: EndReason::Replaced, elsewhere: false };
                                assert_eq!(status, replaced, "{case}");
                            }
                        }
                    }
                }
            }
        }
    }
}
