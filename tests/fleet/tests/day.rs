//! The day of a small fleet.
#![allow(missing_docs)]

use fleet::{Day, Fault, Jitter, Load, Patience, plot, run};

const CLIENTS: u32 = 16_000;

fn load(day: Day) -> Load {
    run(day, CLIENTS, 1, Jitter::With, 2)
}

#[test]
fn after_an_outage_nobody_comes_together_again() {
    let load = load(Day::default());
    assert!(load.most_clients() > CLIENTS as i32 / 3, "{}", load.most_clients());
    assert!(load.outage() > 2.0, "the outage is felt: {}", load.outage());
    assert!(load.burst() > 2.0, "and so is its end: {}", load.burst());
    assert!(load.burst_minutes() < 6.0, "which does not last: {}", load.burst_minutes());
    assert!(load.echo() <= 1.5, "{}", load.echo());
}

#[test]
fn nor_after_one_of_the_network_whose_end_all_hear_of() {
    let load = load(Day { fault: Fault::Offline, ..Day::default() });
    assert!(load.burst() > 10.0, "all come at once: {}", load.burst());
    assert!(load.echo() <= 1.5, "{}", load.echo());
}

#[test]
fn nor_where_the_outage_takes_as_long_as_a_token_lives() {
    let load = load(Day { minutes: 14, calls_every: 90.0, ..Day::default() });
    assert!(load.echo() <= 1.5, "{}", load.echo());
}

#[test]
fn nor_do_those_who_have_reloaded_their_pages() {
    let load = load(Day { patience: Patience::Reload, ..Day::default() });
    assert!(load.echo() <= 1.5, "{}", load.echo());
}

#[test]
fn the_same_seed_makes_the_same_day_on_any_number_of_threads() {
    let loads = |seed, threads| {
        let load = run(Day::default(), 500, seed, Jitter::With, threads);
        load.per_second().collect::<Vec<_>>()
    };
    assert_eq!(loads(7, 1), loads(7, 3));
    assert_ne!(loads(7, 1), loads(8, 1));
}

#[test]
fn the_picture_has_both_days() {
    let day = run(Day::default(), 200, 1, Jitter::With, 1);
    let svg = plot(&day, &day);
    assert_eq!((svg.matches("<polyline").count(), svg.matches("without jitter").count()), (4, 1));
    assert!(!svg.contains("NaN"));
}
