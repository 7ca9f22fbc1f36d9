//! The server's clock, as the tokens of a page prove it.
//!
//! The lifetime of a token is `exp` less the server's time. `Date` states that time, if it is
//! readable. So does `iat`, if it is the time of issue. Some servers copy `iat` from the refresh
//! token: then `exp - iat` grows with the session's age. `Date` is often written by another
//! machine, whose clock may be wrong. So each token is compared with earlier ones:
//!
//! - The server's time is at least what an earlier token or `Date` proved, plus the time that has
//!   passed since.
//! - An `iat` that advances as time does is the time of issue, and needs no `Date`.
//! - An `iat` that stays the same while `exp` grows was copied, and tells nothing about the
//!   lifetime.
//! - A proof that a token has expired which was just issued is wrong, and is dropped.

use crate::session::Millis;

use super::lifetime::lifetime;
use super::times::{Numeric, Times};
use crate::session::Moment;
use crate::session::TokenFault;

/// The least time between two tokens that are compared. Dates are whole seconds, and responses take
/// time.
const APART: Millis = Millis::from_secs(4);

/// The tolerance of a date in seconds: it is rounded, and delayed by a slow response.
const TOLERANCE: f64 = 2.0;

/// The knowledge of the server's clock. There is one per page: it is kept across sessions, and
/// holds no secret.
#[derive(Clone, Copy, Debug, Default)]
pub struct ServerClock {
    /// The least time on the server's clock (seconds since 1970), and the moment when it was
    /// proved.
    proof: Option<(f64, Moment)>,
    /// An earlier token, to compare later ones with.
    earlier: Option<Earlier>,
    meaning: Meaning,
}

#[derive(Clone, Copy, Debug)]
struct Earlier {
    iat: f64,
    exp: f64,
    received: Moment,
}

/// The meaning of this server's `iat`, as far as its tokens show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Meaning {
    #[default]
    Unknown,
    Issued,
    Copied,
}

impl ServerClock {
    /// Returns the lifetime of a token from when it was `received`, or `None` if nothing is known.
    /// Learns from the token.
    ///
    /// # Errors
    ///
    /// - [`TokenFault::Expired`] if the server's own lifetime (`expires_in`, or `exp - iat`) is not
    ///   positive. Without one, it is returned if both `Date` and the local clock are past the
    ///   expiry.
    /// - [`TokenFault::NoLifetime`] if the token is not a JWT and the response does not contain its
    ///   lifetime.
    pub fn lifetime(&mut self, times: &Times, received: Moment) -> Result<Option<Millis>, TokenFault> {
        let issued_at = times.issued_at();
        let meaning = self.compare(times, received);
        // An `iat` that is the time of issue is more reliable than a `Date` of another machine.
        let date = times.plausible_server_now().filter(|_| meaning != Meaning::Issued);
        let latest = |dates: [Option<f64>; 2]| dates.into_iter().flatten().reduce(f64::max);
        let is_right = |proved: &f64| {
            meaning != Meaning::Issued || issued_at.is_some_and(|iat| *proved <= iat + TOLERANCE)
        };
        let proved = self.proof.map(|(then, at)| then + seconds(received.surely_since(at))).filter(is_right);
        let by_proof = Times { server_now: latest([proved, date]), ..*times };
        let believed = by_proof.plausible_server_now().or(date);
        self.proof = latest([believed, issued_at]).map(|now| (now, received));
        // A `Date` past the expiry counts only if nothing else is known.
        let doubtful = times.server_now.filter(|_| times.plausible_server_now().is_none());
        let server_now = believed.or(doubtful);
        if meaning != Meaning::Copied {
            return lifetime(&Times { server_now, ..*times });
        }
        let without_iat = Times { iat: Numeric::Absent, ..*times };
        let provable = lifetime(&Times { server_now, ..without_iat })?;
        Ok(match date {
            Some(_) => provable,
            // Only a lower bound of the server's time is known. The local clock may be closer to
            // it.
            None => provable.into_iter().chain(lifetime(&without_iat).ok().flatten()).min(),
        })
    }

    /// Compares a token with an earlier one, and returns the meaning of its `iat`.
    fn compare(&mut self, times: &Times, received: Moment) -> Meaning {
        let Some((iat, exp)) = times.issued_at().zip(times.exp.seconds()) else { return Meaning::Unknown };
        let this = Earlier { iat, exp, received };
        let Some(earlier) = self.earlier else {
            self.earlier = Some(this);
            return Meaning::Unknown;
        };
        if iat == earlier.iat {
            if exp >= earlier.exp + TOLERANCE {
                self.meaning = Meaning::Copied;
            }
            return self.meaning;
        }
        if received.surely_since(earlier.received) < APART {
            return self.meaning;
        }
        let passed = seconds(received.since(earlier.received));
        self.earlier = Some(this);
        self.meaning =
            if iat - earlier.iat >= passed - TOLERANCE { Meaning::Issued } else { Meaning::Unknown };
        self.meaning
    }
}

fn seconds(duration: Millis) -> f64 {
    duration.get() as f64 / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: f64 = 1_700_000_000.0;

    /// A server that issues a token `passed` seconds after the first, to a page whose clock is off
    /// by `local_error` seconds.
    #[derive(Clone, Copy)]
    struct Server {
        lives: f64,
        copies_iat: bool,
        date_error: Option<f64>,
        clock_error: f64,
        local_error: f64,
    }

    const SERVER: Server =
        Server { lives: 900.0, copies_iat: false, date_error: None, clock_error: 0.0, local_error: 0.0 };

    impl Server {
        fn lifetime(self, clock: &mut ServerClock, passed: f64) -> f64 {
            let now = (START + passed + self.clock_error).floor();
            let iat = if self.copies_iat { START } else { now };
            let times = Times {
                is_jwt: true,
                exp: Numeric::Seconds(now + self.lives),
                iat: Numeric::Seconds(iat),
                server_now: self.date_error.map(|error| now + error),
                local_now: START + passed + self.local_error,
                ..Times::default()
            };
            let ms = (passed * 1000.0) as i64;
            let received = Moment::new(1_700_000_000_000 + ms + (self.local_error * 1000.0) as i64, ms);
            clock.lifetime(&times, received).unwrap().unwrap().get() as f64 / 1000.0
        }

        /// Returns the lifetimes of tokens that are issued at these times, in seconds.
        fn lifetimes(self, issued: &[f64]) -> Vec<f64> {
            let mut clock = ServerClock::default();
            issued.iter().map(|passed| self.lifetime(&mut clock, *passed)).collect()
        }
    }

    #[test]
    fn a_copied_iat_lengthens_no_life_where_the_page_has_seen_the_sign_in() {
        for (lives, local_error) in
            [(4.0, 0.0), (4.0, -3600.0), (4.0, 3600.0), (60.0, 86_400.0), (900.0, -1e9)]
        {
            let server = Server { lives, local_error, copies_iat: true, ..SERVER };
            let all = server.lifetimes(&[0.0, 3.0, 14.0, 21.0, 26.0, 3600.0, 86_400.0]);
            assert!(all.iter().all(|taken| (lives - 1.0..=lives).contains(taken)), "{lives}: {all:?}");
        }
    }

    #[test]
    fn a_copied_iat_is_found_out_by_the_second_token_of_a_page_that_came_later() {
        let server = Server { lives: 4.0, copies_iat: true, ..SERVER };
        assert_eq!(server.lifetimes(&[600.0, 620.0, 627.0]), [604.0, 4.0, 4.0]);
        // If the local clock is wrong as well, the lifetime grows no further.
        for local_error in [-3600.0, 3600.0] {
            let all = Server { local_error, ..server }.lifetimes(&[600.0, 620.0, 627.0]);
            assert_eq!(all, [604.0; 3], "{local_error}");
        }
        let dated = Server { date_error: Some(0.0), ..server };
        assert_eq!(dated.lifetimes(&[600.0, 620.0]), [4.0, 4.0]);
    }

    #[test]
    fn an_iat_that_advances_as_time_does_needs_no_date() {
        for error in [-86_400.0, -300.0, 0.0, 300.0, 899.0, 900.0, 3600.0] {
            let server = Server { date_error: Some(error), ..SERVER };
            let all = server.lifetimes(&[0.0, 1.0, 2.0, 3.0, 4.0, 400.0]);
            assert_eq!(all[4..], [900.0, 900.0], "{error}: {all:?}");
        }
        // Tokens within seconds of each other prove nothing.
        let ahead = Server { date_error: Some(300.0), ..SERVER };
        assert_eq!(ahead.lifetimes(&[0.0, 1.0, 2.0, 3.0]), [600.0; 4]);
    }

    #[test]
    fn an_iat_is_a_copy_where_only_exp_advances() {
        for (later, meaning) in [(0.0, Meaning::Unknown), (1.9, Meaning::Unknown), (2.0, Meaning::Copied)] {
            let mut clock = ServerClock::default();
            for exp in [START + 900.0, START + 900.0 + later] {
                let (iat, exp) = (Numeric::Seconds(START), Numeric::Seconds(exp));
                clock.compare(&Times { is_jwt: true, iat, exp, ..Times::default() }, Moment::new(0, 0));
            }
            assert_eq!(clock.meaning, meaning, "{later} s");
        }
    }

    #[test]
    fn a_copied_iat_says_nothing_where_the_clocks_of_the_server_were_set_back() {
        let mut clock = ServerClock::default();
        let copies = Server { copies_iat: true, ..SERVER };
        copies.lifetime(&mut clock, 0.0);
        copies.lifetime(&mut clock, 700.0);
        let times = Times {
            is_jwt: true,
            iat: Numeric::Seconds(START),
            exp: Numeric::Seconds(START + 1_399.0),
            local_now: START + 1_400.0,
            ..Times::default()
        };
        let received = Moment::new(1_700_001_400_000, 1_400_000);
        assert_eq!(clock.lifetime(&times, received), Ok(None), "used until it is rejected");
    }

    #[test]
    fn a_token_that_was_issued_long_before_it_came_has_aged() {
        let mut clock = ServerClock::default();
        SERVER.lifetime(&mut clock, 0.0);
        SERVER.lifetime(&mut clock, 600.0);
        // The response to a retry contains the token that was issued 100 seconds before.
        let behind = Server { clock_error: -100.0, ..SERVER };
        assert_eq!(behind.lifetime(&mut clock, 1000.0), 800.0);
        assert_eq!(SERVER.lifetime(&mut clock, 1600.0), 900.0);
    }

    #[test]
    fn a_server_whose_clock_was_set_locks_nobody_out() {
        for error in [-1e9, -86_400.0, -901.0, -850.0, -10.0, 10.0, 86_400.0, 1e9] {
            for copies_iat in [false, true] {
                for date_error in [None, Some(0.0)] {
                    let mut clock = ServerClock::default();
                    let server = Server { copies_iat, date_error, ..SERVER };
                    server.lifetime(&mut clock, 0.0);
                    server.lifetime(&mut clock, 700.0);
                    let set = Server { clock_error: error, ..server };
                    if !copies_iat {
                        let first = set.lifetime(&mut clock, 1400.0);
                        assert!((40.0..=900.0).contains(&first), "{error}: {first}");
                        assert_eq!(set.lifetime(&mut clock, 1430.0), 900.0, "{error}");
                    } else if error > -700.0 {
                        let lived = set.lifetime(&mut clock, 1400.0);
                        assert!(lived > 0.0, "{error}: {lived}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_date_that_could_be_read_once_counts_on() {
        let mut clock = ServerClock::default();
        let times = |passed: f64, server_now: Option<f64>| Times {
            is_jwt: true,
            exp: Numeric::Seconds(START + passed + 900.0),
            server_now,
            // The local clock is ten minutes slow.
            local_now: START + passed - 600.0,
            ..Times::default()
        };
        let at = |passed: f64| Moment::new((passed * 1000.0) as i64, (passed * 1000.0) as i64);
        let mut lifetime = |passed: f64, server_now| {
            clock.lifetime(&times(passed, server_now), at(passed)).unwrap().unwrap().get() / 1000
        };
        assert_eq!(lifetime(0.0, None), 1500);
        assert_eq!(lifetime(10.0, Some(START + 10.0)), 900);
        assert_eq!(lifetime(800.0, None), 900);
    }

    #[test]
    fn nothing_is_proved_by_what_is_no_date() {
        let mut clock = ServerClock::default();
        let odd = [f64::MIN, -1.0, 0.0, 1e10, 1e15, f64::MAX];
        for (step, iat) in odd.into_iter().enumerate() {
            for exp in odd {
                for server_now in odd.map(Some).into_iter().chain([None]) {
                    let times = Times {
                        is_jwt: true,
                        iat: Numeric::Seconds(iat),
                        exp: Numeric::Seconds(exp),
                        server_now,
                        local_now: START,
                        ..Times::default()
                    };
                    let _ = clock.lifetime(&times, Moment::new(step as i64 * 10_000, step as i64 * 10_000));
                }
            }
        }
        let last = SERVER.lifetime(&mut clock, 100.0);
        assert!(last > 0.0, "{last}");
        assert_eq!(SERVER.lifetime(&mut clock, 200.0), 900.0);
    }
}
