//! The day of a small fleet.
#![allow(missing_docs)]

use fleet::{Jitter, plot, run};

const CLIENTS: u32 = 8_000;

#[test]
fn after_an_outage_nobody_comes_together_again() {
    let day = run(CLIENTS, 1, Jitter::With, 2);
    assert!(day.most_clients > i64::from(CLIENTS / 3), "{}", day.most_clients);
    assert!(day.outage() > 2.0, "the outage is felt: {}", day.outage());
    assert!(day.after_recovery() <= 1.5, "{}", day.after_recovery());
}

#[test]
fn the_same_seed_makes_the_same_day_on_any_number_of_threads() {
    let loads = |threads| run(500, 7, Jitter::With, threads).per_second().collect::<Vec<_>>();
    assert_eq!(loads(1), loads(3));
    let other = run(500, 8, Jitter::With, 1).per_second().collect::<Vec<_>>();
    assert_ne!(loads(1), other);
}

#[test]
fn the_picture_has_both_days() {
    let day = run(200, 1, Jitter::With, 1);
    let svg = plot(&day, &day);
    assert_eq!((svg.matches("<polyline").count(), svg.matches("without jitter").count()), (3, 1));
    assert!(!svg.contains("NaN"));
}
