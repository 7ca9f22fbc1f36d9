//! Tokens.

use silent_session::format::{ServerClock, Times, claims_of, decode_claims, subject_in};
use silent_session::session::Moment;

use crate::json::JsonObject;

/// A hundred years, and no longer.
const LONGEST: f64 = 100.0 * 365.25 * 86_400.0;

/// Reads a token.
///
/// # Panics
///
/// When a lifetime is none, or when claims are made out of what has none.
pub fn claims(data: &[u8]) {
    let token = String::from_utf8_lossy(data);
    let claims = claims_of::<JsonObject>(&token);
    assert!(claims.is_none() || decode_claims(&token).is_some());
    assert!(claims.is_none() || token.matches('.').count() == 2, "no JWS");
    if let Some(subject) = claims.as_ref().and_then(|claims| subject_in(claims, "sub")) {
        assert!(!format!("{subject:?}").contains(subject.reveal()) || subject.reveal().len() < 12);
    }
    let mut clock = ServerClock::default();
    for server_now in [f64::NAN, 0.0, 1_700_000_000.0, f64::MAX] {
        for local_now in [0.0, 1_700_000_000.0, f64::MAX] {
            let times = Times::new(claims.as_ref(), f64::NAN, f64::NAN, server_now, local_now);
            if let Ok(Some(lifetime)) = clock.lifetime(&times, Moment::new(0, 0)) {
                assert!(lifetime.get() as f64 / 1000.0 <= LONGEST);
            }
        }
    }
}
