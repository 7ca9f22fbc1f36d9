//! Seeds: tokens that the page was delivered with, by a server that renders it.
//!
//! A seed is no sign-in: the session that goes on is the same, in all tabs. The page was rendered
//! with the cookie of that moment, so the token of another person may show a sign-in that nobody
//! has reported. But the page may come out of a cache, or hand its token over late, and be older
//! than a sign-in or a sign-out. Then a refresh tells, or the seed is rejected.

use crate::session::end_reason::EndReason;
use crate::session::error::Denial;
use crate::session::id::{Entropy, Ticket};
use crate::session::machine::Session;
use crate::session::outbox::Reply;
use crate::session::storage::stored::{Fingerprint, PendingSignOut, SessionEntry};
use crate::session::tenure::Evidence;
use crate::session::tenure::Phase;
use crate::session::tenure::seed::Seed;
use crate::session::time::Moment;
use crate::session::token::Grant;
use crate::session::token::current_token::Source;
use crate::session::waiters::Wish;

impl<E: Entropy> Session<E> {
    /// Keeps a seed until the session has started, and until the other tabs have replied if only
    /// they know of a session.
    pub(super) fn seeded(&mut self, now: Moment, ticket: Ticket, grant: Grant) {
        self.apply_stored_before_seed(now);
        if self.page.has_started() && !self.stored.is_kept && self.tenure.session().is_none() {
            self.greet(now);
        }
        let latest = self.tenure.latest_epoch();
        self.waiters.seeds.push(Seed { ticket, grant, handed: now, latest });
    }

    /// Applies the entries before a seed. A page that restores nothing goes on with the stored
    /// session, too: the app knows of one.
    fn apply_stored_before_seed(&mut self, now: Moment) {
        let restores_nothing = matches!(self.tenure.phase, Phase::Ended { reason: EndReason::None, .. });
        self.tenure.forget_start();
        match self.stored.session.and_then(SessionEntry::begun) {
            Some(begun) if restores_nothing && self.tenure.end_of(begun.epoch).is_none() => {
                self.tenure.phase = Phase::Unknown { restoring: Some(begun), elsewhere: false };
            }
            _ => self.apply_stored_session(now),
        }
        self.note_latest(now);
    }

    /// Takes the seeds that wait for nothing any more.
    pub(super) fn take_ripe_seeds(&mut self, now: Moment) {
        if self.waiters.seeds.is_empty() {
            return;
        }
        let may_hear = self.tenure.session().is_none() && self.tabs.answer_wait(now).is_some();
        if !self.page.has_started() || may_hear {
            return;
        }
        for seed in std::mem::take(&mut self.waiters.seeds) {
            let ticket = seed.ticket;
            let sown = match seed.is_outdated(self.tenure.session()) {
                true => Some(Err(Denial::Changed)),
                false => self.sow(now, seed),
            };
            if let Some(answer) = sown {
                self.answer(ticket, answer);
            }
            self.drop_needless_turn(now);
        }
    }

    /// Takes a seed. Returns the reply to its caller, if it is known at once.
    fn sow(&mut self, now: Moment, seed: Seed) -> Option<Result<Reply, Denial>> {
        let Seed { ticket, grant, .. } = seed;
        if let Some(denial) = self.forbids(&grant) {
            return Some(Err(denial));
        }
        let found = Evidence { grant: &grant, marker: self.stored.marker, listed: &self.stored.in_flight };
        let is_replaced = self.tenure.is_replaced(found);
        match self.tenure.session() {
            Some(known) if known.is_of(&grant) && !is_replaced => {
                // Ours is as good, and may be newer: the age of a page is unknown.
                let has_one = matches!(&self.tenure.phase, Phase::Active(current) if current.grant.lasts(now, Default::default()));
                if !has_one && grant.lasts(now, Default::default()) {
                    self.adopt(now, known.epoch, grant, Source::Seed);
                }
            }
            // A refresh tells whether the page is older than the sign-in.
            Some(known) => {
                let owner = Fingerprint::of(known.epoch, &grant);
                self.waiters.add(ticket, Wish::Person { after: self.queue.sent_before(), owner }, None, now);
                return None;
            }
            // A refresh tells whether the page is older than the sign-out.
            None if self.is_signed_out() => {
                let pending = self.sign_out.pending().or(self.stored.sign_out);
                self.tenure.cookie.keep_signed_out(pending.and_then(|pending| pending.session));
                self.waiters.add(ticket, Wish::NewEpoch { after: self.queue.sent }, None, now);
                return None;
            }
            // The refresh that restores the session will find the same one.
            None if self.tenure.is_unknown() => {
                let epoch = self.tenure.next_epoch(now, &mut self.entropy);
                self.adopt(now, epoch, grant, Source::Seed);
            }
            None => {
                let epoch = self.tenure.next_epoch(now, &mut self.entropy);
                self.leave_epoch(now, epoch);
                self.adopt(now, epoch, grant, Source::Seed);
            }
        }
        Some(Ok(Reply::Done))
    }

    /// Returns why a seed is rejected until the next sign-in: it may be of the session that was
    /// signed out here.
    fn forbids(&self, grant: &Grant) -> Option<Denial> {
        let is_replaced = matches!(self.tenure.phase, Phase::Ended { reason: EndReason::Replaced, .. });
        if is_replaced || self.stored.session.and_then(SessionEntry::end) == Some(EndReason::Replaced) {
            return Some(Denial::Ended(EndReason::Replaced));
        }
        if self.tenure.session().is_some() && self.sign_out.pending().is_none() {
            return None;
        }
        let is_others = |pending: PendingSignOut| pending.can_compare() && !pending.is_of(grant);
        let denied = match self.sign_out.pending().or(self.stored.sign_out) {
            Some(pending) => !is_others(pending),
            None => !self.config.tells_sign_out && self.is_signed_out(),
        };
        denied.then_some(Denial::Ended(EndReason::SignedOut))
    }

    /// Whether the user has signed out, and nobody has signed in since.
    fn is_signed_out(&self) -> bool {
        matches!(self.tenure.phase, Phase::Ended { reason: EndReason::SignedOut, .. })
            || self.stored.session.and_then(SessionEntry::end) == Some(EndReason::SignedOut)
    }
}
