//! Whatever happens, nothing that prints, and nothing that panics, says a token or whose it is.

use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::{Arc, Mutex};

use proptest::prelude::*;
use silent_session::session::{AccessToken, Config};

use super::steps::{perform, step};
use super::world::World;

/// What people would not want in a log: every token that was issued, and the names of its users.
fn secrets(world: &World) -> Vec<String> {
    let names = ["alice", "bob"].map(ToOwned::to_owned);
    world.server.issued().map(ToOwned::to_owned).chain(names).collect()
}

fn find_none(world: &World, printed: &str) {
    for secret in secrets(world) {
        assert!(!printed.contains(&secret), "{}", printed.replace(&secret, "<<HERE>>"));
    }
}

/// The world prints what passes between it and its machines; then, what each machine is, and what it says.
fn print_all(world: &mut World) -> String {
    let mut printed = std::mem::take(&mut world.overheard).unwrap_or_default();
    world.overheard = Some(String::new());
    for tab in &world.tabs {
        printed += &format!("{:?} {:#?} {:?}", tab.session, tab.session.status(), tab.session.last_failure());
        printed += &format!("{:?} {:?}", tab.reports, tab.answers);
    }
    printed
}

proptest! {
    // A mutant is judged by fewer: to print takes long without optimisation.
    #![proptest_config(ProptestConfig { cases: if cfg!(judge) { 50 } else { 300 }, ..super::histories() })]

    #[test]
    fn nothing_that_prints_says_a_token_or_whose_it_is(
        seed in any::<u64>(),
        steps in prop::collection::vec(step(), 1..40),
    ) {
        let mut world = World::new(Config::default(), seed);
        world.overheard = Some(String::new());
        world.start();
        for step in &steps {
            perform(&mut world, step);
        }
        world.run(5_000);
        let printed = print_all(&mut world);
        prop_assert!(printed.contains("Session"), "nothing was printed");
        find_none(&world, &printed);
    }
}

/// What a panic says while all of it is at hand: its message is what the browser's console shows.
#[test]
fn nothing_that_panics_says_a_token_or_whose_it_is() {
    let mut world = World::signed_in(Config::default(), 1);
    world.fetch(super::world::TabId(0));
    world.run(1_000);
    let said = Arc::new(Mutex::new(String::new()));
    let heard = Arc::clone(&said);
    let session = &world.tabs[0].session;
    fn fails<T>(value: T) -> Result<(), T> {
        Err(value)
    }
    let before = take_hook();
    set_hook(Box::new(move |panic| heard.lock().unwrap().push_str(&panic.to_string())));
    let panics: [(&str, &dyn Fn()); 3] = [
        ("a machine", &|| fails(session).unwrap()),
        ("a status", &|| assert_eq!(Some(session.status()), None)),
        ("its answers", &|| fails(&world.tabs[0].answers).expect("an answer")),
    ];
    for (what, panics) in panics {
        assert!(catch_unwind(AssertUnwindSafe(panics)).is_err(), "{what}");
    }
    set_hook(before);
    let said = said.lock().unwrap().clone();
    assert!(said.matches("[redacted]").count() >= 3, "{said}");
    find_none(&world, &said);
}

/// The search finds what is there.
#[test]
fn a_token_that_is_printed_is_found() {
    let world = World::signed_in(Config::default(), 1);
    let token = world.server.issued().next().unwrap();
    let prints = |value: &dyn Debug| format!("{value:?}");
    find_none(&world, &prints(&AccessToken::new(token)));
    let printed = prints(&token);
    let before = take_hook();
    set_hook(Box::new(|_| {}));
    let found = catch_unwind(AssertUnwindSafe(|| find_none(&world, &printed))).is_err();
    set_hook(before);
    assert!(found);
}
