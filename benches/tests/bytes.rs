//! Bytes per session, per other tab and per waiting call: a table of `docs/performance.md`.
//! `cargo xtask bench` writes it anew.
// Elsewhere pointers have another size.
#![cfg(target_pointer_width = "64")]
#![allow(missing_docs)]

use std::fmt::Write as _;

use allocation_counter::measure;
use performance::{Tab, Wait, table, write_table};

/// The bytes that a tab holds on the heap. Its session is there as well.
fn bytes(make: impl FnOnce() -> Tab) -> i64 {
    let mut kept = None;
    let bytes = measure(|| kept = Some(make())).bytes_current;
    drop(kept);
    bytes
}

/// The bytes of one of so many that wait.
fn waiting(calls: u32) -> i64 {
    let all = bytes(|| Tab::with_waiting(calls, Wait::Token)) - bytes(Tab::refreshing);
    all / i64::from(calls)
}

/// The most bytes at a time for one of so many, while all of them are served.
fn served(calls: u32) -> u64 {
    let mut tab = Tab::with_waiting(calls, Wait::Token);
    let peak = measure(|| tab.receive_token()).bytes_max;
    assert_eq!(tab.settled(), calls);
    peak / u64::from(calls)
}

/// The bytes that so many other tabs add.
fn siblings(tabs: u32) -> i64 {
    bytes(|| Tab::with_siblings(tabs)) - bytes(Tab::signed_in)
}

#[test]
fn the_table_of_the_docs_is_what_a_session_takes() {
    let mut measured = String::from("| | bytes |\n| --- | ---: |\n");
    let mut line = |what: &str, bytes: i64| {
        let _ = writeln!(measured, "| {what} | {bytes} |");
    };
    line("a new session", bytes(Tab::new));
    line("a session with a token of 600 bytes", bytes(Tab::signed_in));
    for tabs in [1, 10, 100] {
        let noun = if tabs == 1 { "tab" } else { "tabs" };
        line(&format!("for {tabs} other {noun}"), siblings(tabs));
    }
    for (calls, written) in [(1, "1"), (100, "100"), (10_000, "10,000")] {
        line(&format!("for each waiting call, of {written}"), waiting(calls));
    }
    line("for each call, at the moment in which 10,000 are served", i64::try_from(served(10_000)).unwrap());
    if std::env::var_os("WRITE_TABLE").is_some() {
        return write_table("bytes", &measured).unwrap();
    }
    assert_eq!(table("bytes").unwrap(), measured, "write it anew: cargo xtask bench --bytes");
}

#[test]
fn nothing_is_kept_of_calls_that_were_served() {
    let signed_in = bytes(Tab::signed_in);
    for wait in [Wait::Token, Wait::Refresh] {
        let after_many = bytes(|| {
            let mut tab = Tab::with_waiting(10_000, wait);
            tab.receive_token();
            assert_eq!(tab.settled(), 10_000);
            tab
        });
        assert!(after_many <= signed_in + 1_000, "{wait:?}: {after_many} bytes, not {signed_in}");
    }
}
