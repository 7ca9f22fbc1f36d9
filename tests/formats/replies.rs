//! Replies of the auth server: the server kit is held to the same tables
//! (`tests/check-server/agreement.test.mjs`).

use silent_session::format::{Head, Record as _, ServerClock, Times, claims_of};
use silent_session::session::{Moment, RefreshFailure, TokenFault};

use super::json::JsonObject;

/// The local clock, in seconds since 1970.
const NOW: i64 = 1_700_000_000;

/// The rows of a table, without its head.
fn rows<const N: usize>(table: &str) -> impl Iterator<Item = [&str; N]> {
    table.lines().skip(1).map(|row| row.split('\t').collect::<Vec<_>>().try_into().unwrap())
}

#[test]
fn only_a_refusal_of_the_auth_servers_own_ends_a_session() {
    for row in rows(include_str!("../check-server/refusals.tsv")) {
        let [status, _type, _challenge, foreign, client, _kit] = row;
        let status = status.parse().unwrap();
        let head = Head { is_foreign: foreign == "foreign", ..Head::of(status) };
        let said = match head.failure([400, 401, 403].contains(&status)) {
            RefreshFailure::Rejected { .. } => "ended",
            RefreshFailure::Foreign { .. } => "foreign",
            RefreshFailure::Unavailable { .. } => "unavailable",
            other => panic!("{other:?}"),
        };
        assert_eq!(said, client, "{row:?}");
    }
}

#[test]
fn a_token_without_any_time_left_is_rejected_and_so_is_one_that_nothing_is_known_of() {
    for row in rows(include_str!("../check-server/lifetimes.tsv")) {
        let [token, expires_in, expires_at, date, client, _kit] = row;
        let number = |text: &str| text.parse().unwrap_or(f64::NAN);
        let claims = match token.starts_with('{') {
            true => JsonObject::parse(token),
            false => claims_of::<JsonObject>(token),
        };
        let (expires_in, expires_at) = (number(expires_in), number(expires_at));
        let times = Times::new(claims.as_ref(), expires_in, expires_at, number(date), NOW as f64);
        let said = match ServerClock::default().lifetime(&times, Moment::new(NOW * 1000, 0)) {
            Ok(_) => "accepted",
            Err(TokenFault::Expired) => "expired",
            Err(TokenFault::NoLifetime) => "no lifetime",
            other => panic!("{other:?}"),
        };
        assert_eq!(said, client, "{row:?}");
    }
}
