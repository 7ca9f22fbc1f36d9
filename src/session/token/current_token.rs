//! The current token, and its history.

use crate::session::config::{Config, MIN_REFRESH_INTERVAL};
use crate::session::id::{Entropy, EpochId, Generation};
use crate::session::renewal::backoff::scale;
use crate::session::storage::stored::Fingerprint;
use crate::session::time::{Deadline, Millis, Moment};
use crate::session::token::lifetime_cap::{CAPPED_REFRESH_INTERVAL, LifetimeCap};
use crate::session::token::{AccessToken, Credential, Grant, is_same_person};

/// The age below which a rejected token is brand-new, if no API has accepted it and its predecessor
/// was rejected.
const BRAND_NEW: Millis = Millis::from_secs(10);

/// The same age for a caller of `accessToken`, which cannot report that a token was accepted.
const BRAND_NEW_UNTOLD: Millis = Millis::from_secs(2);

/// The source of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    SignIn,
    /// The number of the refresh that brought it, among those of this tab.
    Refresh(u32),
    Peer,
    /// The page was delivered with it.
    Seed,
}

/// The current token, and its history.
#[derive(Debug)]
pub(crate) struct CurrentToken {
    pub(crate) epoch: EpochId,
    /// Fingerprint of its session.
    pub(crate) session: Fingerprint,
    pub(crate) generation: Generation,
    pub(crate) grant: Grant,
    /// Deadline of the refresh ahead of the expiry; `None` if the lifetime is unknown or
    /// [`Config::refresh_ahead`] is false.
    pub(crate) refresh: Option<Deadline>,
    /// Whether an API has rejected it.
    pub(crate) refused: bool,
    /// Whether an API has accepted it.
    pub(crate) accepted: bool,
    /// Whether it was fetched because its predecessor had been rejected.
    after_refusal: bool,
    /// Whether it was rejected when it was brand-new. A greater age does not change that.
    pub(crate) rejected_early: bool,
    /// Whether a caller has asked for it.
    pub(crate) used: bool,
    /// Whether the session came from another tab.
    pub(crate) elsewhere: bool,
    /// Whether the page was delivered with it. Its date of issue is unknown, so every other token
    /// is better. It is not handed over to other tabs.
    pub(crate) is_seed: bool,
    /// The token before it.
    replaced: Option<AccessToken>,
    /// The observed lifetime of the tokens of this session.
    cap: LifetimeCap,
}

impl CurrentToken {
    /// Creates the first token of a session (`elsewhere`: from another tab), or the successor of
    /// `predecessor`.
    ///
    /// `late_by` is the time between the first attempt and the token. A late token is refreshed
    /// earlier by that time, as if it had been received in time. All clients that wait for the end
    /// of an outage refresh together. This way they do not do so again one lifetime later. An
    /// outage need not be told from a sleeping laptop: too early costs one refresh.
    pub(crate) fn new(
        epoch: EpochId,
        mut grant: Grant,
        elsewhere: bool,
        predecessor: Option<&CurrentToken>,
        late_by: Millis,
        config: &Config,
        entropy: &mut impl Entropy,
    ) -> Self {
        let predecessor = predecessor.filter(|current| current.epoch == epoch);
        let cap = predecessor.map(|current| current.cap.succeed()).unwrap_or_default();
        let capped = grant.lifetime.map(|claimed| cap.apply(claimed));
        grant.lifetime = capped.map(|(lifetime, _)| lifetime);
        let refresh = capped.filter(|_| config.refresh_ahead).map(|(lifetime, is_capped)| {
            // A fifth, and up to a quarter more of that as jitter: never more than a quarter of the
            // lifetime.
            let lead = config.leeway.min(lifetime / 5);
            let lead = lead + scale(lead / 4, entropy);
            let after = made_up_for(late_by, lifetime - lead);
            let least = if is_capped { CAPPED_REFRESH_INTERVAL } else { MIN_REFRESH_INTERVAL };
            Deadline::new(grant.received, after.max(least))
        });
        Self {
            epoch,
            session: Fingerprint::of(epoch, &grant),
            generation: Generation(predecessor.map_or(1, |current| current.generation.0.saturating_add(1))),
            grant,
            refresh,
            refused: false,
            accepted: false,
            used: false,
            rejected_early: false,
            after_refusal: predecessor.is_some_and(|current| current.refused),
            replaced: predecessor.map(|current| current.grant.token.clone()),
            elsewhere: predecessor.map_or(elsewhere, |current| current.elsewhere),
            is_seed: false,
            cap,
        }
    }

    /// Whether a token that another tab has received should replace this one.
    pub(crate) fn is_outdone_by(&self, grant: &Grant, now: Moment) -> bool {
        (self.is_seed || now.since(grant.received) < now.since(self.grant.received))
            && self.grant.token != grant.token
            && is_same_person(self.grant.subject.as_ref(), grant.subject.as_ref())
            // A tab whose clock was set back while it was frozen mistakes an old token for a new
            // one.
            && self.replaced.as_ref() != Some(&grant.token)
    }

    /// Notes that an API has rejected it. `was_wrong`: whether this API has rejected good tokens
    /// before.
    pub(crate) fn refuse(&mut self, now: Moment, was_wrong: bool) {
        self.refused = true;
        // A token that no API has accepted may be rejected for any reason.
        if self.accepted && !was_wrong {
            self.cap.reject(now.since(self.grant.received));
        }
    }

    /// Notes that an API has accepted it.
    pub(crate) fn accept(&mut self, now: Moment) {
        self.accepted = true;
        self.cap.accept(now.since(self.grant.received));
    }

    /// Returns the token as a request carries it.
    pub(crate) fn credential(&self) -> Credential {
        Credential { token: self.grant.token.clone(), epoch: self.epoch, generation: self.generation }
    }

    /// Whether it is so new that another refresh would bring another token that is rejected.
    ///
    /// `is_untold`: whether the caller cannot report that it was accepted. Then an older token gets
    /// the benefit of the doubt.
    pub(crate) fn is_brand_new(&self, now: Moment, is_untold: bool) -> bool {
        let bound = if is_untold { BRAND_NEW_UNTOLD } else { BRAND_NEW };
        self.after_refusal && !self.accepted && now.since(self.grant.received) < bound
    }
}

/// Returns when a token is refreshed that was received `late_by` after the first attempt, if tokens
/// are refreshed every `period`.
///
/// It is the time at which a punctual token would have been refreshed. If that is within an eighth
/// of the period, the refresh is moved to a later part of the period, where all others are.
fn made_up_for(late_by: Millis, period: Millis) -> Millis {
    let (late_by, period) = (late_by.get(), period.get().max(1));
    let left = period - late_by % period;
    let soon = period / 8;
    let after = if left < soon { soon + 7 * left } else { left };
    Millis::new(after)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::token::AccessToken;

    const START: Moment = Moment::new(0, 0);

    fn current(lifetime_s: u64, late_by: u64, chance: u64) -> CurrentToken {
        let late_by = Millis::from_secs(late_by);
        let grant = Grant {
            token: AccessToken::new("t"),
            received: START,
            lifetime: Some(Millis::from_secs(lifetime_s)),
            subject: None,
        };
        CurrentToken::new(
            EpochId::draw(&mut || 7, 0, None),
            grant,
            false,
            None,
            late_by,
            &Config::default(),
            &mut || chance,
        )
    }

    fn refresh_after(lifetime_s: u64, chance: u64) -> f64 {
        seconds(&current(lifetime_s, 0, chance))
    }

    fn seconds(current: &CurrentToken) -> f64 {
        current.refresh.map_or(f64::NAN, |due| due.remaining(START).get() as f64 / 1000.0)
    }

    #[test]
    fn the_leeway_is_jittered_and_never_exceeds_a_quarter_of_the_lifetime() {
        assert_eq!(refresh_after(900, 0), 840.0);
        assert!((refresh_after(900, u64::MAX) - 825.0).abs() < 0.01);
        assert_eq!(refresh_after(30, 0), 24.0);
        assert!((refresh_after(30, u64::MAX) - 22.5).abs() < 0.01);
        assert_eq!(refresh_after(60 * 86_400, 0), 60.0 * 86_400.0 - 60.0);
    }

    #[test]
    fn a_token_that_came_late_is_renewed_as_if_it_had_come_in_time() {
        let renewed_after = |late_by| seconds(&current(900, late_by, 0));
        assert_eq!(renewed_after(1), 839.0);
        assert_eq!(renewed_after(600), 240.0);
        assert_eq!(renewed_after(840), 840.0);
        assert_eq!(renewed_after(840 * 7 + 60), 780.0);
        assert_eq!(renewed_after(735), 105.0);
        assert_eq!(seconds(&current(1, 5, 0)), 1.0);
    }

    #[test]
    fn what_would_be_renewed_soon_again_is_spread_over_the_period() {
        let renewed_after = |late_by| seconds(&current(900, late_by, 0));
        let all: Vec<f64> = (736..840).map(renewed_after).collect();
        assert!(all.iter().all(|after| (105.0..=840.0).contains(after)), "{all:?}");
        assert_eq!((all[0], all[103]), (833.0, 112.0));
        assert!(all.windows(2).all(|two| two[0] - two[1] == 7.0), "{all:?}");
    }

    #[test]
    fn however_short_the_life_a_refresh_ahead_waits_a_second() {
        assert_eq!(refresh_after(1, u64::MAX), 1.0);
    }

    #[test]
    fn a_token_that_would_be_dead_on_arrival_does_not_last() {
        let long = current(900, 0, 0);
        assert!(long.grant.lasts(Moment::new(897_999, 0), Millis::ZERO));
        assert!(!long.grant.lasts(Moment::new(898_000, 0), Millis::ZERO));
        assert!(!long.grant.lasts(Moment::new(840_000, 0), Millis::from_secs(60)));
        let short = current(5, 0, 0);
        assert!(short.grant.lasts(Moment::new(4_400, 0), Millis::ZERO));
        assert!(!short.grant.lasts(Moment::new(4_500, 0), Millis::ZERO));
    }
    #[test]
    fn a_token_that_another_tab_got_later_takes_the_place_of_this_one() {
        let now = Moment::new(60_000, 60_000);
        let mine = CurrentToken { replaced: Some(AccessToken::new("before")), ..current(900, 0, 0) };
        let theirs = |token: &str, at| Grant {
            token: AccessToken::new(token),
            received: Moment::new(at, at),
            ..mine.grant.clone()
        };
        for (token, at, takes_its_place) in [
            ("later", 1, true),
            ("other", 0, false),
            ("earlier", -1, false),
            ("t", 1, false),
            ("before", 1, false),
        ] {
            assert_eq!(mine.is_outdone_by(&theirs(token, at), now), takes_its_place, "{token}");
        }
        let seed = CurrentToken { is_seed: true, ..current(900, 0, 0) };
        assert!(seed.is_outdone_by(&theirs("earlier", -1), now));
    }
    #[test]
    fn a_token_is_brand_new_for_some_seconds_after_one_that_was_refused() {
        let fresh = CurrentToken { after_refusal: true, ..current(900, 0, 0) };
        let is_brand_new =
            |current: &CurrentToken, at, is_untold| current.is_brand_new(Moment::new(at, at), is_untold);
        for (is_untold, bound) in [(false, 10_000), (true, 2_000)] {
            assert!(is_brand_new(&fresh, bound - 1, is_untold));
            assert!(!is_brand_new(&fresh, bound, is_untold));
            assert!(!is_brand_new(&CurrentToken { accepted: true, ..current(900, 0, 0) }, 0, is_untold));
            assert!(!is_brand_new(&current(900, 0, 0), 0, is_untold), "the one before was not refused");
        }
        let accepted = CurrentToken { after_refusal: true, accepted: true, ..current(900, 0, 0) };
        assert!(!is_brand_new(&accepted, 0, false));
    }
}
