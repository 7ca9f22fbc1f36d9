//! Replies to other tabs, and those that another tab makes needless.

use crate::session::end_reason::EndReason;
use crate::session::id::Entropy;
use crate::session::machine::Session;
use crate::session::storage::stored::Fingerprint;
use crate::session::tabs::message::{Offer, PeerMessage};
use crate::session::tabs::replies::Debt;
use crate::session::tenure::Phase;
use crate::session::time::{Millis, Moment};

/// The most by which the ages of one token differ: both tabs measure it, at different times.
const SAME_AGE: Millis = Millis::from_secs(1);

impl<E: Entropy> Session<E> {
    /// Replies to another tab: at once, or later unless a third one does.
    pub(super) fn reply_or_owe(&mut self, now: Moment, debt: Debt) {
        if self.page.is_away() || self.tabs.owe(debt, now, &mut self.entropy) {
            self.pay(now, debt);
        }
    }

    /// Sends the replies that are due.
    pub(super) fn pay_debts(&mut self, now: Moment) {
        while let Some(debt) = self.tabs.replies.due(now) {
            self.pay(now, debt);
        }
    }

    fn pay(&mut self, now: Moment, debt: Debt) {
        match (debt, self.tenure.ended()) {
            (Debt::Help { epoch, age }, _) => self.help(now, epoch, age),
            (Debt::End, Some((until, reason))) => self.tell(PeerMessage::Over { until, reason }),
            _ => {
                // Before the reply: after it, the other tab waits for nothing more.
                self.tell_known(now);
                self.reply(now);
            }
        }
    }

    /// Replies with the token, or with what is known of the session.
    pub(super) fn reply(&mut self, now: Moment) {
        let message = self.state(now);
        self.tell(message);
    }

    fn state(&self, now: Moment) -> PeerMessage {
        match (&self.tenure.phase, self.tenure.ended()) {
            (Phase::Active(current), _) => {
                let is_good = self.config.shares_token
                    && !current.refused
                    && !current.is_seed
                    && current.grant.lasts(now, Millis::ZERO);
                match is_good {
                    true => PeerMessage::Offered(Offer::of(&current.grant, current.epoch, now)),
                    false => PeerMessage::Began(current.session),
                }
            }
            (Phase::Ended { .. }, Some((until, reason))) if reason != EndReason::None => {
                PeerMessage::Over { until, reason }
            }
            _ => PeerMessage::Here,
        }
    }

    /// Drops the replies that another tab has made needless.
    pub(super) fn note_reply(&mut self, now: Moment, heard: &PeerMessage) {
        if self.tabs.replies.is_empty() {
            return;
        }
        let says_no_more = says_no_more(&self.state(now), heard);
        let over = self.tenure.ended().map(|(until, _)| until);
        let says_end = matches!(heard, PeerMessage::Over { until, .. } if Some(*until) >= over);
        let helps = matches!(heard, PeerMessage::Coming | PeerMessage::Offered(_));
        self.tabs.replies.cancel(|debt| match debt {
            Debt::State => says_no_more,
            Debt::End => says_end,
            Debt::Help { .. } => helps,
        });
    }
}

/// Whether `reply` says no more than `heard`.
fn says_no_more(reply: &PeerMessage, heard: &PeerMessage) -> bool {
    use PeerMessage::{Began, Here, Offered, Over};
    match (reply, heard) {
        (Offered(ours), Offered(its)) => {
            its.epoch > ours.epoch || (its.epoch == ours.epoch && its.age <= ours.age + SAME_AGE)
        }
        (Began(ours), Offered(Offer { epoch, .. }) | Began(Fingerprint { epoch, .. })) => {
            *epoch >= ours.epoch
        }
        (Over { until: ours, .. }, Over { until, .. }) => until >= ours,
        (Here, Here | Offered(_) | Began(_) | Over { .. }) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::id::EpochId;
    use crate::session::token::AccessToken;

    fn epoch(ms: i64) -> EpochId {
        EpochId::draw(&mut || 7, ms, None)
    }

    fn offered(began: i64, age: Millis) -> PeerMessage {
        let (token, epoch) = (AccessToken::new("t"), epoch(began));
        PeerMessage::Offered(Offer { epoch, token, subject: None, lifetime: None, age, sent: 0 })
    }

    fn began(ms: i64) -> PeerMessage {
        PeerMessage::Began(Fingerprint { epoch: epoch(ms), subject: None, person: None })
    }

    fn over(ms: i64) -> PeerMessage {
        PeerMessage::Over { until: epoch(ms), reason: EndReason::SignedOut }
    }

    #[test]
    fn a_reply_is_needless_where_another_tab_has_said_as_much() {
        let (old, same, young) = (SAME_AGE + Millis::new(1), SAME_AGE, Millis::ZERO);
        for (reply, heard, is_needless) in [
            // A token of a later session, or one that is about as new.
            (offered(5, young), offered(6, old), true),
            (offered(5, young), offered(5, same), true),
            (offered(5, young), offered(5, old), false),
            (offered(5, old), offered(5, young), true),
            (offered(5, old), offered(4, young), false),
            (offered(5, young), began(6), false),
            (offered(5, young), PeerMessage::Here, false),
            (began(5), offered(5, old), true),
            (began(5), offered(4, young), false),
            (began(5), began(5), true),
            (began(5), began(6), true),
            (began(5), began(4), false),
            (began(5), over(6), false),
            (over(5), over(5), true),
            (over(5), over(6), true),
            (over(5), over(4), false),
            (over(5), began(6), false),
            (PeerMessage::Here, PeerMessage::Here, true),
            (PeerMessage::Here, offered(1, old), true),
            (PeerMessage::Here, began(1), true),
            (PeerMessage::Here, over(1), true),
            (PeerMessage::Here, PeerMessage::Hello, false),
            (PeerMessage::Here, PeerMessage::Bye, false),
        ] {
            assert_eq!(says_no_more(&reply, &heard), is_needless, "{reply:?}, {heard:?}");
        }
    }
}
