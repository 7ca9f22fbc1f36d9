//! What a tab replies to others, and when another's reply will do.

use std::time::Duration;

use super::super::id::Entropy;
use super::super::memo::Begun;
use super::super::peers::{Offer, PeerMessage};
use super::super::replies::Debt;
use super::super::status::EndReason;
use super::super::time::Moment;
use super::{Phase, Session};

/// How much older a token may be for a reply with it to be as good: ages are measured twice.
const SAME_AGE: Duration = Duration::from_secs(1);

impl<E: Entropy> Session<E> {
    /// Replies to another tab, at once or unless a third one does.
    pub(super) fn reply_or_owe(&mut self, now: Moment, debt: Debt) {
        if self.away || self.peers.owe(debt, now, &mut self.entropy) {
            self.pay(now, debt);
        }
    }

    /// Sends the replies that are due.
    pub(super) fn pay_debts(&mut self, now: Moment) {
        while let Some(debt) = self.peers.replies.due(now) {
            self.pay(now, debt);
        }
    }

    fn pay(&mut self, now: Moment, debt: Debt) {
        match (debt, self.over) {
            (Debt::Help { epoch, age }, _) => self.help(now, epoch, age),
            (Debt::End, Some((until, reason))) if reason != EndReason::None => {
                self.tell(PeerMessage::Over { until, reason });
            }
            _ => {
                // Before the reply: with it the other one has heard all.
                self.tell_known(now);
                self.reply(now);
            }
        }
    }

    /// Says what there is to give.
    pub(super) fn reply(&mut self, now: Moment) {
        let message = self.state(now);
        self.tell(message);
    }

    fn state(&self, now: Moment) -> PeerMessage {
        match (&self.phase, self.over) {
            (Phase::Active(held), _) => {
                let is_good = self.config.shares_token
                    && !held.refused
                    && !held.is_seed
                    && held.grant.lasts(now, Duration::ZERO);
                match is_good {
                    true => PeerMessage::Offered(Offer::of(&held.grant, held.epoch, now)),
                    false => PeerMessage::Began(Begun::of(held.epoch, &held.grant)),
                }
            }
            (Phase::Ended { .. }, Some((until, reason))) if reason != EndReason::None => {
                PeerMessage::Over { until, reason }
            }
            _ => PeerMessage::Here,
        }
    }

    /// Another tab has said what it has: a reply of ours that would say no more is needless.
    pub(super) fn note_reply(&mut self, now: Moment, heard: &PeerMessage) {
        if self.peers.replies.is_empty() {
            return;
        }
        let says_no_more = says_no_more(&self.state(now), heard);
        let over = self.over.map(|(until, _)| until);
        let says_end = matches!(heard, PeerMessage::Over { until, .. } if Some(*until) >= over);
        let helps = matches!(heard, PeerMessage::Coming | PeerMessage::Offered(_));
        self.peers.replies.cancel(|debt| match debt {
            Debt::State => says_no_more,
            Debt::End => says_end,
            Debt::Help { .. } => helps,
        });
    }
}

/// Whether `reply` says nothing that was not in `heard`.
fn says_no_more(reply: &PeerMessage, heard: &PeerMessage) -> bool {
    use PeerMessage::{Began, Here, Offered, Over};
    match (reply, heard) {
        (Offered(ours), Offered(its)) => {
            its.epoch > ours.epoch
                || (its.epoch == ours.epoch && its.age <= ours.age.saturating_add(SAME_AGE))
        }
        (Began(ours), Offered(Offer { epoch, .. }) | Began(Begun { epoch, .. })) => *epoch >= ours.epoch,
        (Over { until: ours, .. }, Over { until, .. }) => until >= ours,
        (Here, Here | Offered(_) | Began(_) | Over { .. }) => true,
        _ => false,
    }
}
