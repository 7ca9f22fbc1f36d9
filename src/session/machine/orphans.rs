//! The marker of a refresh, and the cookie of one whose page has gone: how long it is waited for, and what is sent then.

use std::time::Duration;

use super::super::command::Command;
use super::super::config::{COMPANION_LOOK, RECOGNISED};
use super::super::id::{AttemptId, Entropy, EpochId};
use super::super::in_flight::{InFlight, LONGEST_IN_FLIGHT};
use super::super::memo::Memo;
use super::super::note::Note;
use super::super::report::Report;
use super::super::rotation::{Rotation, probe_pause};
use super::super::sent::{Sent, Settled};
use super::super::time::Moment;
use super::super::turn::Turn;
use super::super::unsettled::{Standing, Unsettled};
use super::{Phase, Session};

/// What became of a refresh, as far as its cookie is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// The server accepted it: its cookie is there.
    Accepted,
    /// The server rejected it: it brings no cookie.
    Rejected,
    /// It failed, and the server may have rotated the cookie.
    Lost,
}

impl<E: Entropy> Session<E> {
    /// What the server does with a refresh token that was used before.
    pub(super) fn rotation(&self, memo: &Memo) -> Rotation {
        let has_said = memo.answered.is_some_and(|answered| answered.echoes);
        self.config.rotation.unwrap_or(if has_said { Rotation::Replays } else { Rotation::Revokes })
    }

    /// Reads the marker. If another tab's has gone since, its refresh is settled; of its own that is out this tab knows better.
    pub(super) fn recall_unsettled(&mut self, now: Moment, memo: &Memo) {
        if let Some(found) = memo.unsettled {
            let known = self.unsettled.filter(|known| known.is_same(&found));
            self.is_recalled |= known.is_none();
            // Where its page had no time to write down that it went, it went before the first look.
            let first_look = self.is_recalled.then_some(now.wall_ms());
            let gone = found.gone.or(known.and_then(|known| known.gone)).or(first_look);
            self.unsettled = Some(Unsettled { gone, ..found });
        } else if self.is_recalled || self.is_retried_elsewhere(memo) {
            self.unsettled = None;
        }
        if memo.marked.is_some() && memo.marked != self.marked {
            // Another tab has sent one since this tab's was rejected, with a cookie that may be another one.
            self.rejected = false;
        }
        self.companion = memo.companion;
        if let Some(orphan) = &mut self.unsettled
            && orphan.standing == Standing::Out
            && orphan.has_come(memo.companion)
        {
            // The cookie is there: nothing of it is on the wire.
            orphan.standing = Standing::Lost;
        }
    }

    /// Whether another tab has retried a lost refresh of this one, and heard: its marker is gone, and other entries are there.
    fn is_retried_elsewhere(&self, memo: &Memo) -> bool {
        let is_lost = self.unsettled.is_some_and(|marker| marker.standing == Standing::Lost);
        is_lost && memo.is_kept && memo.session.is_some()
    }

    /// How long the cookie of a refresh may still be on its way whose tab does not have the lock any more: it was
    /// reloaded, closed, killed, or has lost its patience.
    pub(super) fn orphan_wait(&self, now: Moment, memo: &Memo) -> Duration {
        let Some(marker) = self.unsettled else { return Duration::ZERO };
        let (rotation, timeout) = (self.rotation(memo), self.config.longest_orphan());
        let pace = memo.answered.map(|answered| answered.pace);
        let wait = |rotation: Rotation| rotation.orphan_wait(marker.seen(now), pace, timeout);
        let bound = match marker.standing {
            _ if rotation == Rotation::None => Duration::ZERO,
            Standing::Lost | Standing::Astray => Duration::ZERO,
            // A cookie that comes after a sign-out would undo it.
            Standing::Out if self.is_plain_sign_out(now) => timeout,
            Standing::Out if self.turn_refreshes(now) => wait(rotation),
            // A cookie that comes after a sign-in would take the place of its cookie.
            Standing::Out => wait(Rotation::Revokes),
            // Its outcome is known. Sent under the same id, the next refresh does no harm, while the server recognises that.
            Standing::Overtaken if self.turn_refreshes(now) && marker.first_age(now) < RECOGNISED => {
                Duration::ZERO
            }
            Standing::Overtaken if self.turn_refreshes(now) => wait(Rotation::Revokes),
            Standing::Overtaken => timeout,
        };
        bound.saturating_sub(marker.age(now))
    }

    /// Looks at the companion of the refresh cookie, where the server has one: it ends the wait for an orphan.
    pub(super) fn watch_companion(&mut self, now: Moment) {
        if let Some(turn) = &mut self.turns.current
            && turn.waited_for.is_some_and(|orphan| orphan.companion.is_some())
        {
            turn.wait_again(turn.orphan_left(now).min(COMPANION_LOOK), now);
        }
    }

    /// Sends a refresh in this turn: under the id of the one before, while that may still bring its cookie.
    pub(super) fn send_refresh(&mut self, now: Moment, turn: &mut Turn) {
        let attempt = turn.attempt;
        turn.begin(self.config.timeout, now);
        self.count_sent(now);
        self.turns.sent = self.turns.sent.wrapping_add(1);
        self.over_when_sent = self.over.map(|(until, _)| until);
        let is_retried = |earlier: &Unsettled| earlier.is_open() || earlier.first_age(now) < RECOGNISED;
        let earlier =
            self.unsettled.filter(|earlier| earlier.standing != Standing::Astray && is_retried(earlier));
        let id = match earlier {
            // What was rejected once says nothing under the same id.
            Some(earlier) if self.rejected && Some(earlier.id) == self.rejected_id => {
                AttemptId::draw(&mut self.entropy)
            }
            Some(earlier) => earlier.id,
            None if self.rejected => AttemptId::draw(&mut self.entropy),
            None => attempt,
        };
        let unsettled = Unsettled {
            id,
            sent: now.wall_ms(),
            standing: Standing::Out,
            companion: self.companion,
            astray: self
                .unsettled
                .and_then(|earlier| earlier.astray.or(earlier.is_open().then_some(earlier.sent))),
            gone: None,
            under: self.under_of_next(),
            first: earlier.filter(|earlier| earlier.id == id).map_or(now.wall_ms(), |earlier| earlier.first),
        };
        if let Some(earlier) = earlier.filter(Unsettled::is_open) {
            // Neither a network that comes back nor a reload makes it less late.
            let first = now.before(earlier.first_age(now));
            self.backoff.has_failed_since(first, now);
        }
        self.overtaken = earlier.filter(|earlier| earlier.standing != Standing::Lost);
        self.unsettled = Some(unsettled);
        self.is_recalled = false;
        self.marked = Some(attempt);
        self.note(Note::Mark { attempt, unsettled });
        self.note(Note::List(InFlight { attempt, sent: now.wall_ms(), gone: None }));
        self.commands.push(Command::SendRefresh { attempt, id });
        self.report(Report::RefreshStarted { id });
        turn.id = Some(id);
        turn.under = unsettled.under;
    }

    /// Under which session the first was sent of those that may still bring a cookie, with the next. What was lost before
    /// the session began brings none; what strays, and was asked about in vain, does.
    fn under_of_next(&self) -> Option<EpochId> {
        let known = self.known_epoch();
        let is_chained = |earlier: &Unsettled| {
            earlier.standing != Standing::Lost
                || earlier.astray.is_some()
                || known.is_some_and(|session| !session.is_after(earlier.sent))
        };
        self.unsettled.filter(is_chained).map_or(known, |earlier| earlier.under)
    }

    /// Notes what became of a refresh, in the marker and in the list of those that are out.
    pub(super) fn note_fate(
        &mut self,
        now: Moment,
        attempt: AttemptId,
        settled: &Settled,
        fate: Fate,
        memo: &Memo,
    ) {
        // The fetch of a page that goes away fails, and the request goes on.
        if self.away && fate == Fate::Lost {
            return;
        }
        self.note(Note::Unlist { attempt });
        match *settled {
            Settled::InTime(_) => self.newest_settled(now, attempt, fate, memo),
            Settled::Late(sent) => self.late_settled(now, sent, fate, memo),
            Settled::Unknown if fate == Fate::Lost => {}
            Settled::Inert(sent) => {
                let before = self.one_before(now, fate, memo);
                let lost = Some(Unsettled::of_earlier(&sent, Standing::Lost));
                // Where it has failed, its cookie does not come any more.
                let lost = lost.filter(|_| fate == Fate::Lost);
                self.unsettled = self.stray_settled(attempt, sent, fate, before.map(overtaken).or(lost));
            }
            Settled::Stray(sent) => {
                self.stray_settled(attempt, sent, fate, None);
            }
            Settled::Unknown => self.note(Note::Unmark { attempt }),
        }
    }

    /// None was sent since.
    fn newest_settled(&mut self, now: Moment, attempt: AttemptId, fate: Fate, memo: &Memo) {
        let marker = self.unsettled;
        // The one before may still bring a cookie.
        let before = self.one_before(now, fate, memo).filter(|before| match fate {
            // Accepted after a rejection, this one was sent with that cookie.
            Fate::Accepted => !self.rejected,
            Fate::Rejected => before.standing == Standing::Out,
            // What confirms a rejection has an id of its own, which the next refresh must have.
            Fate::Lost => marker.is_none_or(|marker| marker.id == before.id),
        });
        self.unsettled = match (fate, before) {
            (Fate::Accepted, Some(before)) => Some(overtaken(before)),
            // Sent under one id: the earlier may still bring its cookie, and whether this one has rotated nobody knows.
            (Fate::Lost, Some(before)) => Some(Unsettled { standing: Standing::Out, ..before }),
            (Fate::Lost, None) => marker.map(|lost| Unsettled { standing: Standing::Lost, ..lost }),
            (_, before) => before,
        };
        self.remark(attempt);
    }

    /// One that this tab had given up on. What is written down of it is settled, unless another one of its id is still out.
    fn late_settled(&mut self, now: Moment, sent: Sent, fate: Fate, memo: &Memo) {
        let is_it = |marker: &Unsettled| marker.id == sent.id && marker.sent == sent.began.wall_ms();
        self.overtaken = self.overtaken.filter(|before| !is_it(before));
        let Some(marker) = self.unsettled.filter(is_it) else { return };
        let other = self.turns.late().find(|other| other.id == sent.id);
        // The one before, of the same id, may still bring a cookie, as after a retry that was answered in time.
        let before = if marker.standing == Standing::Out { self.one_before(now, fate, memo) } else { None };
        self.unsettled = match (marker.standing, fate, other) {
            (Standing::Overtaken, _, Some(other)) => {
                Some(Unsettled { sent: other.began.wall_ms(), ..marker })
            }
            (Standing::Overtaken, _, None) => None,
            (_, Fate::Accepted, _) => before.filter(|_| !self.rejected).map(overtaken),
            (_, Fate::Rejected, _) => before.filter(|before| before.standing == Standing::Out),
            (_, Fate::Lost, _) => {
                Some(before.map_or(Unsettled { standing: Standing::Lost, ..marker }, |before| Unsettled {
                    standing: Standing::Out,
                    ..before
                }))
            }
        };
        if let Some(marked) = self.marked.filter(|_| !self.is_recalled) {
            self.remark(marked);
        }
    }

    /// One of an earlier session. Its cookie may lie over that of the session that has begun since.
    /// Returns what is written down of it, unless another one was marked since.
    fn stray_settled(
        &mut self,
        attempt: AttemptId,
        sent: Sent,
        fate: Fate,
        otherwise: Option<Unsettled>,
    ) -> Option<Unsettled> {
        let goes_on = matches!(self.phase, Phase::Active(_) | Phase::Unknown { .. });
        let strays = fate == Fate::Accepted && goes_on;
        let astray = strays.then(|| self.stray_marker(&sent));
        let unsettled = otherwise.or(astray);
        self.note(match unsettled {
            Some(unsettled) => Note::Remark { attempt, unsettled },
            None => Note::Unmark { attempt },
        });
        unsettled
    }

    fn remark(&mut self, attempt: AttemptId) {
        self.note(match self.unsettled {
            Some(unsettled) => Note::Remark { attempt, unsettled },
            None => Note::Unmark { attempt },
        });
    }

    /// The one before, if it may still bring a cookie. The tab that sent it hears when it settles; of one whose page has gone
    /// one can only say when that has become unlikely.
    fn one_before(&mut self, now: Moment, fate: Fate, memo: &Memo) -> Option<Unsettled> {
        let before = self.overtaken.take()?;
        let is_ours =
            self.turns.late().any(|sent| sent.id == before.id && now.since(sent.began) < LONGEST_IN_FLIGHT);
        let is_its = |listed: &InFlight| listed.sent == before.sent && listed.gone.is_none();
        let is_anothers = memo.in_flight.iter().any(is_its) && before.age(now) < LONGEST_IN_FLIGHT;
        let likely = match fate {
            // To send its id again does no harm: rather too long than too short.
            Fate::Accepted if before.first_age(now) < RECOGNISED => true,
            _ => before.age(now) < self.config.longest_orphan(),
        };
        let is_likely = likely && !before.is_ahead(now);
        Some(before).filter(|_| is_ours || is_anothers || is_likely)
    }

    /// How long to wait before the next probe, after a rejection: while an orphan's cookie may still come, a rejection says
    /// nothing.
    pub(super) fn probe_pause(&self, now: Moment) -> Option<Duration> {
        let is_coming = |marker: &Unsettled| marker.standing == Standing::Out && !marker.is_ahead(now);
        let orphan = self.unsettled.filter(is_coming)?;
        (orphan.age(now) < self.config.longest_orphan()).then(|| probe_pause(orphan.age(now)))
    }

    /// Stops to wait for an orphan that has settled meanwhile: it was this tab's own.
    pub(super) fn stop_needless_wait(&mut self, now: Moment) {
        let marker = self.unsettled;
        let is_settled = |orphan: Unsettled| !marker.is_some_and(|marker| marker.is_same(&orphan));
        if self.turns.is_holding()
            && let Some(turn) = &mut self.turns.current
            && turn.waited_for.is_some_and(is_settled)
        {
            turn.stop_waiting(now);
        }
    }

    /// Writes down that the page goes, and with it whoever hears of its refresh.
    pub(super) fn mark_gone(&mut self, now: Moment) {
        let Some(marked) = self.marked.filter(|_| !self.is_recalled) else { return };
        if let Some(marker) = self.unsettled.filter(|marker| marker.standing == Standing::Out) {
            let unsettled = Unsettled { gone: Some(marker.gone.unwrap_or(now.wall_ms())), ..marker };
            self.unsettled = Some(unsettled);
            self.note(Note::Remark { attempt: marked, unsettled });
        }
    }
}

/// The marker of a refresh whose retry was accepted.
fn overtaken(before: Unsettled) -> Unsettled {
    Unsettled { standing: Standing::Overtaken, astray: before.astray.or(Some(before.sent)), ..before }
}
