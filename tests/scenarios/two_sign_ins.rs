//! Two sign-ins, or a sign-out and a sign-in, one right after the other in two tabs, while a refresh of alice's is out: she is not
//! shown once the last of them has been seen.

use super::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `signIn(function)`.
    InTurn,
    /// `signIn(response)`.
    Response,
    /// `signIn()`.
    Cookie,
    SignOut,
}

pub(super) fn perform(world: &mut World, form: Form, tab: TabId, user: &'static str) {
    match form {
        Form::InTurn => world.sign_in(tab, user),
        Form::Response => world.signed_in_elsewhere(tab, user),
        Form::Cookie => world.sign_in_by_cookie(tab, user),
        Form::SignOut => world.sign_out(tab),
    };
}

/// Alice is signed in in two tabs, and one of them refreshes, which takes `slow` ms.
fn refreshing(tells: Tells, config: Config, slow: i64, in_first: bool) -> (World, [TabId; 2]) {
    let mut world = World::signed_in_at(tells, config, 1);
    let other = world.visit();
    world.run(MINUTE);
    world.server.faults = vec![Fault::Slow(slow)];
    world.renew(if in_first { TAB } else { other });
    world.run(100);
    (world, [TAB, other])
}

/// Whether alice is shown in one of these tabs after somebody else, or nobody, was.
fn comes_back(world: &mut World, tabs: [TabId; 2]) -> bool {
    let mut has_gone = [false; 2];
    (0..1_500).any(|_| {
        world.run(20);
        tabs.iter().zip(&mut has_gone).any(|(tab, has_gone)| {
            let is_there = shows(world, *tab, "alice");
            *has_gone |= !is_there;
            is_there && *has_gone
        })
    })
}

// Scenario 129.
#[test]
fn a_popup_and_its_opener_sign_in_one_after_the_other() {
    use Form::{Cookie, InTurn, Response};
    for forms in
        [(Response, Cookie), (Cookie, Response), (InTurn, Cookie), (Cookie, InTurn), (Cookie, Cookie)]
    {
        for tells in [Tells::Person, Tells::Session, Tells::Token] {
            for (slow, gap) in
                [500, 3_000, 9_000].into_iter().flat_map(|slow| [(slow, 5), (slow, 300), (slow, 2_000)])
            {
                for (in_first, delay) in [(true, 0), (true, 100), (false, 0), (false, 100)] {
                    for user in ["bob", "carol"] {
                        let (mut world, both) = refreshing(tells, Config::default(), slow, in_first);
                        world.channel.least = delay;
                        perform(&mut world, forms.0, both[0], "bob");
                        world.run(gap);
                        perform(&mut world, forms.1, both[1], user);
                        let case =
                            format!("{forms:?}, {tells:?}, {slow}, {gap}, {in_first}, {delay}, {user}");
                        assert!(!comes_back(&mut world, both), "{case}");
                        assert!(both.iter().all(|tab| !shows(&world, *tab, "alice")), "{case}");
                    }
                }
            }
        }
    }
}

// Scenario 129.
#[test]
fn two_steps_in_whichever_tabs_bring_nobody_back() {
    use Form::{Cookie, InTurn, Response, SignOut};
    let forms = [InTurn, Response, Cookie, SignOut];
    for (one, two) in forms.into_iter().flat_map(|one| forms.map(|two| (one, two))) {
        for (tells_sign_out, fails) in [(true, false), (true, true), (false, false)] {
            for places in 0..8 {
                let [in_first, one_first, two_first] = [1, 2, 4].map(|bit| places & bit != 0);
                for (slow, gap, reloaded) in [(500, 50), (500, 1_000), (5_000, 50), (5_000, 1_000)]
                    .into_iter()
                    .flat_map(|(slow, gap)| [None, Some(0), Some(1)].map(|reloaded| (slow, gap, reloaded)))
                {
                    let config = Config { tells_sign_out, ..Config::default() };
                    let (mut world, mut both) = refreshing(Tells::Person, config, slow, in_first);
                    world.server.sign_out_faults = vec![Fault::Status(503, None); if fails { 8 } else { 0 }];
                    perform(&mut world, one, both[usize::from(!one_first)], "bob");
                    world.run(gap);
                    perform(&mut world, two, both[usize::from(!two_first)], "bob");
                    world.run(gap);
                    if let Some(index) = reloaded {
                        both[index] = world.reload(both[index]);
                    }
                    let case = format!(
                        "{one:?}, {two:?}, tells: {tells_sign_out}, {places}, {slow}, {gap}, {reloaded:?}"
                    );
                    assert!(!comes_back(&mut world, both), "{case}");
                }
            }
        }
    }
}

#[test]
fn what_waits_to_begin_a_session_goes_on_with_one_that_another_tab_begins() {
    // It is said by `signIn()`, or a page hands its token over after a sign-out.
    for is_seed in [false, true] {
        for slow in [0, 1_000] {
            let (mut world, both) = tabs(Config::default());
            if is_seed {
                world.sign_out(both[0]);
                world.run(1_000);
                world.sign_in_unseen("alice");
            }
            world.server.faults = vec![Fault::Slow(slow)];
            let ticket = if is_seed {
                let issued = world.render().expect("alice is signed in");
                world.seed(both[0], issued)
            } else {
                world.sign_in_by_cookie(both[0], "alice")
            };
            world.run(10);
            world.signed_in_elsewhere(both[1], "alice");
            let session = session_of(&world, both[1]);
            world.run(MINUTE);
            let case = format!("seed: {is_seed}, {slow} ms");
            assert_eq!(both.map(|tab| session_of(&world, tab)), [session.clone(), session], "{case}");
            assert_eq!(world.answer(both[0], ticket), Some(&Ok(Reply::Done)), "{case}");
        }
    }
}

// Scenario 129.
#[test]
fn a_login_that_a_sign_out_has_overtaken_is_not_shown_for_whoever_signs_in_next() {
    use Form::{Cookie, InTurn, Response};
    for (form, rotation) in
        [Cookie, Response, InTurn].into_iter().flat_map(|form| ROTATIONS.map(|one| (form, one)))
    {
        for (until_sign_out, until_next) in
            [10, 1_000, 3_000].into_iter().flat_map(|ms| [0, 300, 1_500].map(|next| (ms, next)))
        {
            let mut world = World::new(Config { rotation, ..Config::default() }, 1);
            world.start();
            world.run(MINUTE);
            world.server.login_ms = 5_000;
            let dave = world.sign_in(TAB, "dave");
            world.run(until_sign_out);
            world.sign_out(TAB);
            let case = format!("{form:?}, {rotation:?}, {until_sign_out}, {until_next}");
            assert_eq!(world.answer(TAB, dave), Some(&Err(Denial::Ended(EndReason::SignedOut))), "{case}");
            world.run(until_next);
            perform(&mut world, form, TAB, "erin");
            for _ in 0..600 {
                world.run(100);
                assert!(!shows(&world, TAB, "dave"), "{case}");
            }
            let next = world.visit();
            world.run(MINUTE);
            assert!(!shows(&world, next, "dave"), "{case}");
        }
    }
}

// Scenario 129.
#[test]
fn a_second_person_beside_the_first_refresh_of_a_page_is_not_taken_for_the_first() {
    for gap in [510, 700, 900] {
        let mut world = signed_in();
        world.run(10 * MINUTE);
        world.close_tab(TAB);
        world.run(MINUTE);
        world.sign_in_unseen("bob");
        world.server.faults = vec![Fault::Slow(1_000)];
        let page = world.visit();
        world.run(10);
        world.ask_cookie_sign_in(page);
        world.run(gap);
        world.sign_in_by_cookie(page, "carol");
        world.run(MINUTE);
        assert!(!shows(&world, page, "bob"), "{gap}");
    }
}
