//! What a crowd of tabs costs that share one session. What a crowd of calls costs is counted in steps (`tests/size`).

use super::*;

/// Something that concerns all tabs of a session.
#[derive(Clone, Copy, Debug)]
enum Stir {
    /// They are opened, one after the other.
    Open,
    /// They are opened where everybody is signed out.
    OpenSignedOut,
    /// They are opened one after the other, and each time the first that is there is closed or killed.
    Replace { closes: bool },
    /// The machine was asleep for hours, and all tabs are told.
    Wake,
    /// Somebody signs in as another user.
    SignIn,
    /// Somebody signs out.
    SignOut,
    /// All tokens are revoked, and each tab is used.
    Revoke,
    /// A tab that has missed a sign-in says what it knows.
    Miss,
    /// A worker wants a token, and nobody has one.
    Want,
    /// All are shown that were hidden while their tokens expired.
    Show,
}

/// The messages that are sent over a stir, and the refreshes.
fn stir(many: usize, stir: Stir, config: &Config, delay: i64) -> (usize, u32) {
    let mut world = World::signed_in(config.clone(), 5);
    world.channel.delay = delay;
    if matches!(stir, Stir::OpenSignedOut) {
        world.sign_out(TAB);
        world.run(1_000);
    }
    let open = |world: &mut World| {
        for _ in 1..many {
            world.visit();
            world.run(300);
        }
    };
    let is_measured = matches!(stir, Stir::Open | Stir::OpenSignedOut);
    if !is_measured {
        open(&mut world);
        world.run(5_000);
    }
    let (sent, refreshes) = (world.channel.sent, world.server.refreshes);
    let all: Vec<TabId> = (0..world.tabs.len()).map(TabId).collect();
    match stir {
        Stir::Open | Stir::OpenSignedOut => open(&mut world),
        Stir::Replace { closes } => {
            for tab in all {
                if closes {
                    world.close_tab(tab)
                } else {
                    world.kill_tab(tab)
                }
                world.visit();
                world.run(300);
            }
        }
        Stir::Wake => {
            all.iter().for_each(|tab| world.freeze(*tab));
            world.run(8 * HOUR);
            all.iter().for_each(|tab| world.thaw(*tab, true, true));
        }
        Stir::SignIn => {
            world.sign_in(TAB, "bob");
        }
        Stir::SignOut => {
            world.sign_out(TAB);
        }
        Stir::Revoke => {
            world.server.revoke_access();
            for tab in &all {
                world.fetch(*tab);
            }
        }
        Stir::Miss => {
            world.freeze(TAB);
            world.sign_in(all[1], "bob");
            world.run(5_000);
            world.channel.loss = 100;
            world.block_storage();
            world.thaw(TAB, false, false);
            world.channel.loss = 0;
            world.renew(TAB);
        }
        Stir::Want => {
            let worker = world.visit_worker();
            world.run(1_000);
            world.server.revoke_access();
            world.fetch(worker);
        }
        Stir::Show => {
            all.iter().for_each(|tab| world.hide(*tab));
            world.run(HOUR);
            all.iter().for_each(|tab| world.show(*tab));
        }
    }
    world.run(20_000);
    (world.channel.sent - sent, world.server.refreshes - refreshes)
}

// Scenario 105.
#[test]
fn messages_grow_with_the_number_of_tabs_and_no_faster() {
    // A mutant is judged by fewer tabs: many take long without optimisation.
    let numbers = if cfg!(judge) { [5, 12, 12] } else { [5, 20, 80] };
    let stirs = [
        Stir::Open,
        Stir::OpenSignedOut,
        Stir::Replace { closes: true },
        Stir::Replace { closes: false },
        Stir::Wake,
        Stir::SignIn,
        Stir::SignOut,
        Stir::Revoke,
        Stir::Miss,
        Stir::Want,
        Stir::Show,
    ];
    for config in [Config::default(), alone()] {
        for delay in [0, 10] {
            for one in stirs {
                let stirred = numbers.map(|tabs| stir(tabs, one, &config, delay));
                let [few, some, many] = stirred;
                let what = format!("{one:?}, {}, {delay} ms: {few:?} {some:?} {many:?}", config.shares_token);
                assert!(stirred.iter().zip(numbers).all(|(stirred, tabs)| stirred.0 <= 10 * tabs), "{what}");
                assert!(many.0 <= 6 * some.0.max(few.0), "{what}");
                // One refresh, for whoever shares tokens and is signed in.
                let refreshes = [few, some, many].map(|(_, refreshes)| refreshes);
                if config.shares_token && !matches!(one, Stir::OpenSignedOut) {
                    // A tab that has missed a sign-in may refresh before the reply arrives that would have told it.
                    let most = if matches!(one, Stir::Miss) { 2 } else { 1 };
                    assert!(refreshes.iter().all(|refreshes| *refreshes <= most), "{what}");
                }
            }
        }
    }
}

/// A tab that is silent, because another one replies for all, is still there: to whoever asked, and to whoever replied.
// Scenario 135.
#[test]
fn no_tab_of_a_crowd_is_forgotten_while_it_is_there() {
    for config in [Config::default(), alone()] {
        for is_signed_out in [false, true] {
            let mut world = World::signed_in(config.clone(), 5);
            world.channel.delay = 1;
            if is_signed_out {
                world.sign_out(TAB);
                world.run(1_000);
            }
            let mut known: Vec<Vec<_>> = Vec::new();
            for _ in 0..20 {
                world.visit();
                world.run(500);
                let now: Vec<Vec<_>> = world.tabs.iter().map(|tab| tab.session.tabs().1.to_vec()).collect();
                for (index, (before, now)) in known.iter().zip(&now).enumerate() {
                    // A tab that has just come knows a few only, and takes the silent ones of them for gone.
                    if before.len() <= 4 {
                        continue;
                    }
                    let is_forgotten = before.iter().any(|tab| !now.contains(tab));
                    let case =
                        format!("tab {index} of {}: {}, {is_signed_out}", now.len(), config.shares_token);
                    assert!(!is_forgotten, "{case}: {} of {}", now.len(), before.len());
                }
                known = now;
            }
        }
    }
}
