//! Messages between the tabs of one session, and the page as it comes and goes.

use crate::session::end_reason::EndReason;
use crate::session::id::{Entropy, EpochId, TabId};
use crate::session::machine::Session;
use crate::session::outbox::Write;
use crate::session::storage::stored::{Fingerprint, SessionEntry};
use crate::session::tabs::ANSWER_PATIENCE;
use crate::session::tabs::message::{Offer, PeerMessage};
use crate::session::tabs::replies::Debt;
use crate::session::tenure::Phase;
use crate::session::time::{Millis, Moment};
use crate::session::token::current_token::Source;
use crate::session::turn::{Stage, Turn};

impl<E: Entropy> Session<E> {
    /// Starts the session. Asks the other tabs, and waits for them only if there may be any.
    pub(super) fn start(&mut self, now: Moment) {
        self.page.start();
        let before = self.tenure.start(now, self.stored.session);
        let over = self.stored.session.and_then(SessionEntry::over);
        if let Some((until, reason)) = over {
            self.tenure.note_end(until, reason);
        }
        let is_replaced = over.is_some_and(|(_, reason)| reason == EndReason::Replaced);
        match &mut self.tenure.phase {
            // The cookie is not that of the last sign-in: it restores nothing.
            Phase::Unknown { .. } if is_replaced => {
                self.end_session(EndReason::Replaced, false);
            }
            Phase::Unknown { restoring, .. } => {
                *restoring = self.stored.session.and_then(SessionEntry::begun);
            }
            // Nothing is restored, unless the app has handed over a token: then it knows of a session.
            // A later sign-in in another tab counts here.
            Phase::Ended { .. } if !self.config.restore && self.waiters.seeds.is_empty() => {
                self.tenure.note_end(before, EndReason::None);
            }
            // A session has ended before the page was activated, and another may have begun since.
            Phase::Ended { .. } => self.apply_stored_session(now),
            // Somebody has signed in before the page was activated.
            Phase::Active(_) | Phase::Closed { .. } => {}
        }
        self.apply_stored_sign_out(now);
        self.pursue_sign_out(now);
        self.keep_local_sign_out();
        self.outbox.writes.push(Write::Company(true));
        self.ask_for_notes(now);
        self.tell(PeerMessage::Hello);
        if self.stored.company && self.hears_answers() {
            self.tabs.ask(now, false);
        }
    }

    /// Looks at what a page may have missed that is seen again, or was woken.
    pub(super) fn woken(&mut self, now: Moment, was_away: bool) {
        if !self.page.has_started() {
            return;
        }
        if was_away {
            self.tabs.forget_all();
            self.outbox.writes.push(Write::Company(true));
            self.relist_in_flight(None);
        }
        self.catch_up(now);
        if was_away {
            self.ask_for_notes(now);
        }
        if was_away || self.refresh_is_due(now) {
            self.greet(now);
        }
        self.drop_needless_turn(now);
    }

    /// Applies what other tabs have stored meanwhile.
    pub(super) fn catch_up(&mut self, now: Moment) {
        self.apply_stored_session(now);
        self.apply_stored_sign_out(now);
        self.pursue_sign_out(now);
    }

    /// Puts the page away, or lets it go for good. Nothing is begun that it could not end. Its
    /// marker tells of its refresh.
    pub(super) fn leave(&mut self, now: Moment) {
        self.goes_with_page(now);
        self.ask_anew(now);
        self.put_off_sign_out();
        self.leave_lock();
        self.say_goodbye();
    }

    /// Releases the lock of a refresh in flight.
    pub(super) fn leave_lock(&mut self) {
        if let Some(attempt) = self.queue.busy_refresh() {
            self.outbox.release(attempt);
        }
    }

    /// Stores that nobody hears of the refreshes in flight any more.
    pub(super) fn goes_with_page(&mut self, now: Moment) {
        self.page.leave();
        self.relist_in_flight(Some(now.wall_ms()));
        self.mark_gone(now);
        if let Some(note) = self.tenure.cookie.mark_own_stray(self.queue.stray(), self.tenure.epoch()) {
            self.note(note);
        }
    }

    /// Asks the other tabs for their token.
    pub(super) fn greet(&mut self, now: Moment) {
        if self.tabs.answer_wait(now) == Some(ANSWER_PATIENCE) {
            return; // They were asked this very moment.
        }
        self.tell(PeerMessage::Hello);
        if self.hears_answers() {
            self.tabs.ask(now, true);
        }
    }

    /// Extends the wait for replies if a refresh waits for them and this page was blocked.
    pub(super) fn extend_late_wait(&mut self, now: Moment) {
        if !self.refresh_is_due(now) || !self.tabs.extend_late(now) {
            return;
        }
        self.queue.look(now, self.config.longest_gap());
        let is_holding = |turn: &&mut Turn| matches!(turn.stage, Stage::Holding { .. });
        if let Some(turn) = self.queue.current.as_mut().filter(is_holding) {
            turn.wait_again(turn.orphan_left(now).max(ANSWER_PATIENCE), now);
        }
    }

    /// Whether the replies of other tabs are of use: their token, or their notes.
    fn hears_answers(&self) -> bool {
        self.config.shares_token || !self.stored.is_kept
    }

    pub(super) fn peer_spoke(&mut self, now: Moment, from: TabId, message: PeerMessage) {
        if from == self.tabs.me {
            return;
        }
        match message {
            PeerMessage::Bye => return self.tabs.forget(from),
            // Tabs that go send it, too: it does not prove that its tab is there.
            PeerMessage::Noted(noted) => return self.noted_elsewhere(now, &noted),
            PeerMessage::Hello => {
                self.tabs.overhear(now);
                self.reply_or_owe(now, Debt::State);
            }
            PeerMessage::Here => {}
            PeerMessage::Wanted { epoch, age } => self.wanted(now, epoch, age),
            PeerMessage::Coming => self.help_is_coming(now),
            PeerMessage::Offered(ref offer) => {
                if !self.contradicts(now, offer.epoch) {
                    self.offered(now, offer.clone());
                }
            }
            PeerMessage::Began(begun) => {
                if !self.contradicts(now, begun.epoch) {
                    self.begun_elsewhere(now, begun);
                }
            }
            PeerMessage::Over { until, reason } => {
                if self.tenure.end_of(until).is_none() {
                    self.store_end(now, until, reason);
                }
                self.over_elsewhere(until, reason);
            }
        }
        self.note_reply(now, &message);
        self.tabs.heard(now, from, &message);
        self.drop_needless_turn(now);
    }

    /// Takes a token of another tab, if it is newer than ours.
    fn offered(&mut self, now: Moment, offer: Offer) {
        let epoch = offer.epoch;
        let mut grant = offer.grant(now);
        grant.received = grant.received.before(self.clock.lost(now));
        if !self.config.shares_token || !grant.lasts(now, Millis::ZERO) {
            return self.begun_elsewhere(now, Fingerprint::of(epoch, &grant));
        }
        match &self.tenure.phase {
            Phase::Active(current) if current.epoch == epoch => {
                if !current.is_outdone_by(&grant, now) {
                    return;
                }
            }
            // The session to restore. After `signIn()` a refresh must tell first whose it is.
            _ if self.tenure.epoch() == Some(epoch) => {
                if self.tenure.cookie.has_changed() {
                    return;
                }
            }
            _ => self.leave_epoch(now, epoch),
        }
        self.adopt(now, epoch, grant, Source::Peer);
    }

    /// Whether another tab speaks of a session that is over, or older than ours. Replies to it, for
    /// it has missed something.
    fn contradicts(&mut self, now: Moment, epoch: EpochId) -> bool {
        match self.tenure.end_of(epoch) {
            Some((_, EndReason::None)) => {}
            Some(_) => self.reply_or_owe(now, Debt::End),
            None if self.tenure.epoch().is_some_and(|known| epoch < known) => {
                self.reply_or_owe(now, Debt::State);
            }
            None => return false,
        }
        true
    }

    pub(super) fn tell(&mut self, message: PeerMessage) {
        if let Some(now) = self.clock.last().filter(|_| message.is_reply()) {
            self.tabs.replied(now);
        }
        self.outbox.messages.push(message);
    }
}
