//! A token that the page was delivered with, by a server that renders it.
//!
//! It is no sign-in: the session that goes on is the same, in all tabs. The page was rendered with the cookie of that moment,
//! so the token of another person may show that somebody has signed in unseen. But a page may come out of a cache, or hand its
//! token over late, and be older than a sign-in or a sign-out: a refresh tells, or nobody is signed in before the next sign-in.

use super::super::callers::Wish;
use super::super::error::Denial;
use super::super::held::Source;
use super::super::id::{Entropy, EpochId, Ticket};
use super::super::memo::{Begun, Memo, PendingSignOut, Remembered};
use super::super::outbox::Reply;
use super::super::status::EndReason;
use super::super::time::Moment;
use super::super::token::Grant;
use super::{Phase, Session};

/// A token that waits until it is known whether a session goes on.
#[derive(Debug)]
pub(super) struct Seed {
    ticket: Ticket,
    grant: Grant,
    memo: Memo,
    /// When it was handed over, and the latest epoch that was known then.
    handed: (Moment, Option<EpochId>),
}

impl Seed {
    /// Who waits.
    pub(super) fn into_ticket(self) -> Ticket {
        self.ticket
    }
}

impl<E: Entropy> Session<E> {
    /// Takes the token, or waits for the start and for the other tabs where only they know whether a session goes on.
    pub(super) fn seeded(&mut self, now: Moment, ticket: Ticket, grant: Grant, memo: Memo) {
        self.recall_before_seed(now, &memo);
        if self.started && !memo.is_kept && self.known_session().is_none() {
            self.greet(now);
        }
        let handed = (now, self.latest_epoch());
        self.seeds.push(Seed { ticket, grant, memo, handed });
    }

    /// A page that restores nothing goes on with what there is, too, now that the app knows of a session.
    fn recall_before_seed(&mut self, now: Moment, memo: &Memo) {
        let restores_nothing = matches!(self.phase, Phase::Ended { reason: EndReason::None, .. });
        if matches!(self.over, Some((_, EndReason::None))) {
            self.over = None;
        }
        match memo.session.and_then(Remembered::begun) {
            Some(begun) if restores_nothing && self.over(begun.epoch).is_none() => {
                self.phase = Phase::Unknown { restoring: Some(begun), elsewhere: false };
            }
            _ => self.recall(now, memo),
        }
        self.note_latest(now, memo);
    }

    /// Takes the tokens that wait for nothing any more.
    pub(super) fn take_ripe_seeds(&mut self, now: Moment) {
        let may_hear = self.known_session().is_none() && self.peers.answer_wait(now).is_some();
        if !self.started || may_hear {
            return;
        }
        for Seed { ticket, grant, memo, handed } in std::mem::take(&mut self.seeds) {
            let sown = match self.is_outdated(&grant, handed) {
                true => Some(Err(Denial::Changed)),
                false => self.sow(now, ticket, grant, &memo),
            };
            if let Some(answer) = sown {
                self.answer(ticket, answer);
            }
            self.drop_needless_turn(now);
        }
    }

    /// Whether somebody else may have signed in since a token was handed over: the page was prerendered, or waited for other tabs.
    fn is_outdated(&self, grant: &Grant, (handed, latest): (Moment, Option<EpochId>)) -> bool {
        let has_begun = |begun: &Begun| Some(begun.epoch) > latest && begun.epoch.is_after(handed.wall_ms());
        let may_be_others = |begun: &Begun| begun.person.is_none() || !begun.is_of(grant);
        self.known_session().is_some_and(|known| has_begun(&known) && may_be_others(&known))
    }

    /// Takes a token. Returns what its caller is told, where that is known at once.
    fn sow(
        &mut self,
        now: Moment,
        ticket: Ticket,
        grant: Grant,
        memo: &Memo,
    ) -> Option<Result<Reply, Denial>> {
        if let Some(denial) = self.forbids(&grant, memo) {
            return Some(Err(denial));
        }
        match self.known_session() {
            Some(known) if known.is_of(&grant) && !self.is_replaced(&grant, memo.unsettled, memo) => {
                // Ours is as good, and may be newer: nobody knows how old a page is.
                let has_one =
                    matches!(&self.phase, Phase::Active(held) if held.grant.lasts(now, Default::default()));
                if !has_one && grant.lasts(now, Default::default()) {
                    self.adopt(now, known.epoch, grant, Source::Seed);
                }
            }
            // Whether the page is older than the sign-in, a refresh tells.
            Some(known) => {
                let owner = Begun::of(known.epoch, &grant);
                self.callers.add(ticket, Wish::Person { after: self.turns.sent_before(), owner }, None, now);
                return None;
            }
            // Whether the page is older than the sign-out, a refresh tells.
            None if self.is_signed_out(memo) => {
                let pending = self.pending.or(memo.sign_out);
                self.cookie.keep_signed_out(pending.and_then(|pending| pending.session));
                self.callers.add(ticket, Wish::NewEpoch { after: self.turns.sent }, None, now);
                return None;
            }
            // The answer to the refresh that restores it is of the same session.
            None if matches!(self.phase, Phase::Unknown { .. }) => {
                let epoch = self.next_epoch(now);
                self.adopt(now, epoch, grant, Source::Seed);
            }
            None => {
                let epoch = self.next_epoch(now);
                self.leave_epoch(epoch);
                self.adopt(now, epoch, grant, Source::Seed);
            }
        }
        Some(Ok(Reply::Done))
    }

    /// Why a token may not be taken before the next sign-in: it may be of the session that was signed out here.
    fn forbids(&self, grant: &Grant, memo: &Memo) -> Option<Denial> {
        if let (Phase::Ended { reason: EndReason::Replaced, .. }, _)
        | (_, Some(Remembered::Over { reason: EndReason::Replaced, .. })) = (&self.phase, memo.session)
        {
            return Some(Denial::Ended(EndReason::Replaced));
        }
        if self.known_session().is_some() && self.pending.is_none() {
            return None;
        }
        let is_others = |pending: PendingSignOut| pending.can_compare() && !pending.is_of(grant);
        let denied = match self.pending.or(memo.sign_out) {
            Some(pending) => !is_others(pending),
            None => !self.config.tells_sign_out && self.is_signed_out(memo),
        };
        denied.then_some(Denial::Ended(EndReason::SignedOut))
    }

    /// Whether the user has signed out, and nobody has signed in since.
    fn is_signed_out(&self, memo: &Memo) -> bool {
        matches!(self.phase, Phase::Ended { reason: EndReason::SignedOut, .. })
            || matches!(memo.session, Some(Remembered::Over { reason: EndReason::SignedOut, .. }))
    }
}
