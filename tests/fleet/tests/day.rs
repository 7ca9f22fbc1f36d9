//! The day of a small fleet.
#![allow(missing_docs)]

use std::fs;
use std::path::Path;

use fleet::{Day, Fault, Jitter, Load, Patience, plot, run, tables};

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
    // Of fewer clients, chance alone makes more.
    let load = run(Day { patience: Patience::Reload, ..Day::default() }, 4 * CLIENTS, 1, Jitter::With, 2);
    assert!(load.echo() <= 1.6, "{}", load.echo());
}

#[test]
fn nor_where_people_have_tried_all_the_time() {
    let load = run(Day { calls_every: 20.0, ..Day::default() }, 3 * CLIENTS / 4, 1, Jitter::With, 2);
    assert!(load.burst() > 10.0, "all come at once: {}", load.burst());
    assert!(load.echo() <= 1.5, "{}", load.echo());
}

/// An hour in which something is wrong.
fn hour(fault: Fault, calls_every: f64) -> Load {
    run(Day { minutes: 60, fault, calls_every, ..Day::default() }, 1_000, 1, Jitter::With, 2)
}

/// The time between two calls of an application that nobody uses: seconds.
const NEVER: f64 = 1e9;

#[test]
fn no_retry_after_makes_more_of_an_outage_than_none() {
    for calls_every in [NEVER, 240.0, 20.0] {
        let none = hour(Fault::Status, calls_every);
        for seconds in [0, 1, 5] {
            let load = hour(Fault::Busy(seconds), calls_every);
            let (rate, most) = (load.rate() / none.rate(), load.outage() / none.outage());
            assert!(rate <= 1.05 && most <= 1.25, "{seconds} s: {rate}, {most}");
        }
    }
}

#[test]
fn a_client_that_nobody_uses_sends_at_most_thirty_refreshes_in_an_hour() {
    for fault in [
        Fault::Status,
        Fault::Busy(0),
        Fault::Busy(1),
        Fault::Busy(5),
        Fault::Refused,
        Fault::Silence,
        Fault::Slow(8),
        Fault::Slow(20),
        Fault::RejectingApi,
    ] {
        let load = hour(fault, NEVER);
        assert!(load.most_of_one() <= 30, "{fault:?}: {}", load.most_of_one());
        assert!(load.rate() <= 4.0 * load.usual_rate(), "{fault:?}: {}", load.rate());
    }
}

#[test]
fn a_client_in_use_sends_at_most_two_or_three_a_minute() {
    for fault in [Fault::Status, Fault::Busy(0), Fault::Busy(5), Fault::Refused] {
        let load = hour(fault, 20.0);
        assert!(load.most_of_one() <= 150, "{fault:?}: {}", load.most_of_one());
        assert!(load.rate() <= 100.0, "{fault:?}: {}", load.rate());
    }
}

#[test]
fn a_slow_endpoint_is_sent_little_more() {
    for (seconds, most) in [(8, 1.1), (20, 1.75)] {
        for calls_every in [NEVER, 240.0, 20.0] {
            let load = hour(Fault::Slow(seconds), calls_every);
            let rate = load.rate() / load.usual_rate();
            assert!(rate <= most, "{seconds} s, a call every {calls_every} s: {rate}");
            assert!(load.outage() <= 3.0, "{seconds} s, a call every {calls_every} s: {}", load.outage());
        }
    }
}

#[test]
fn an_api_that_rejects_good_tokens_has_a_budget() {
    for calls_every in [240.0, 20.0, 5.0] {
        let load = hour(Fault::RejectingApi, calls_every);
        // Five at once, and one every two minutes; and one that its lifetime required just before.
        assert!(load.most_of_one() <= 5 + 30 + 1, "{calls_every} s: {}", load.most_of_one());
        assert!(load.rate() <= 36.0, "{calls_every} s: {}", load.rate());
    }
}

#[test]
fn the_figures_of_the_docs_are_those_of_the_machine() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/fleet.md")).unwrap();
    for table in tables() {
        let [_, written, _] = table.find(&page).unwrap();
        let names = |table: &str| -> Vec<String> {
            table.lines().map(|line| line.split('|').nth(1).unwrap().to_owned()).collect()
        };
        if table.name != "hours" {
            // A day of many clients takes too long here.
            assert_eq!(names(written), names(&table.measure(1, 1, 1)));
            continue;
        }
        let measured = table.measure(1_500, 1, 2);
        assert_eq!(names(written), names(&measured));
        for (written, measured) in written.lines().zip(measured.lines()).skip(2) {
            let rate = |line: &str| line.split('|').nth(3).unwrap().trim().parse::<f64>().unwrap();
            let ratio = rate(written) / rate(measured);
            assert!(
                (0.9..=1.1).contains(&ratio),
                "{written}\n{measured}\ncargo xtask simulate-fleet --docs docs"
            );
        }
    }
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
