//! The one queue of everything that writes the refresh cookie: sign-ins, sign-outs and refreshes.

use std::time::Duration;

use super::error::RefreshFailure;
use super::id::{AttemptId, EpochId, Ticket};
use super::time::{Deadline, Moment};
use super::unsettled::Unsettled;

/// Refreshes that were given up on and may still be answered; more than a handful means that nothing answers.
const MOST_LATE: usize = 8;

/// How much of the time between two looks counts as waited: a machine that sleeps, or a clock that is set, must not make
/// a tab believe that whoever is at the wire is gone.
const SLICE: Duration = Duration::from_secs(5);

/// A tab that has not run for longer while it looked whose session there is does not know that any more.
const COMPARISON_GAP: Duration = Duration::from_secs(4);

/// What a turn at the wire is for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Job {
    Refresh,
    Login { ticket: Ticket },
    SignOut { tickets: Vec<Ticket>, urge: Urge },
}

/// What a sign-out is sent for. Of two that are made one, the first counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Urge {
    /// The user has just said so.
    First,
    /// It is written down that the user has said so, some time before.
    Pursuit,
}

impl Job {
    /// Who waits for it.
    pub(crate) fn into_tickets(self) -> Vec<Ticket> {
        match self {
            Self::Refresh => Vec::new(),
            Self::Login { ticket } => vec![ticket],
            Self::SignOut { tickets, .. } => tickets,
        }
    }
}

/// How far a turn has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The lock is waited for.
    Locking,
    /// The lock is held; the other tabs' answers, or the cookie of an orphan, are waited for.
    Holding,
    /// Nothing is waited for any more; what is stored is looked at once more.
    Looking,
    /// Something is on the wire.
    Busy,
}

/// A turn that was asked for, or is being had.
#[derive(Debug)]
pub(crate) struct Turn {
    pub(crate) attempt: AttemptId,
    pub(crate) job: Job,
    pub(crate) stage: Stage,
    /// When it was asked for, then when it began.
    since: Moment,
    /// How much longer, awake, it may be waited for, or be on the wire.
    left: Duration,
    looked: Moment,
    /// Nobody has looked at it for long: the tab was frozen, and the lock may have been taken from it.
    pub(crate) neglected: bool,
    /// How long ago somebody looked at who has the lock.
    unwatched: Duration,
    /// Until when an orphan's cookie is waited for.
    orphan: Deadline,
    /// Which orphan's, the last time. It is not waited for twice, whatever the clocks say.
    pub(crate) waited_for: Option<Unsettled>,
    /// Under which id its refresh was sent.
    pub(crate) id: Option<AttemptId>,
    /// Under which session the first of its attempts was sent, where that was known.
    pub(crate) under: Option<EpochId>,
    /// What is on the wire is a refresh that tells a sign-out whose session there is.
    pub(crate) compares: bool,
    /// Of which sessions a sign-out tells the server: all that had begun by then.
    pub(crate) tells: Option<EpochId>,
    /// Whether its sign-out carried the access token.
    pub(crate) carries_token: bool,
    /// Why its sign-out was refused: a refresh tells whether the session is over.
    pub(crate) refused: Option<RefreshFailure>,
    /// Of an epoch that is over: whatever it brings changes nothing.
    inert: bool,
}

/// A refresh that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sent {
    pub(crate) attempt: AttemptId,
    /// What the server sees.
    pub(crate) id: AttemptId,
    /// Under which session the first of its attempts was sent, where that was known.
    pub(crate) under: Option<EpochId>,
    /// It is the how-manieth.
    pub(crate) number: u32,
    pub(crate) began: Moment,
}

/// What the answer to a refresh is worth.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Settled {
    /// The answer to the turn that is being had.
    InTime(Sent),
    /// The answer to one that was given up on. Of the current epoch, so it counts if it is good news.
    Late(Sent),
    /// The answer to one that was given up on, and of another epoch.
    Stray(Sent),
    /// Of another epoch.
    Inert(Sent),
    /// Nobody's.
    Unknown,
}

impl Settled {
    /// Which one was answered.
    pub(crate) fn sent(&self) -> Option<Sent> {
        match self {
            Self::InTime(sent) | Self::Late(sent) | Self::Stray(sent) | Self::Inert(sent) => Some(*sent),
            Self::Unknown => None,
        }
    }
}

impl Turn {
    /// It begins: something will be on the wire, for that long at the most.
    pub(crate) fn begin(&mut self, bound: Duration, now: Moment) {
        self.stage = Stage::Busy;
        self.since = now;
        self.wait_again(bound, now);
    }

    /// The lock is there; the other tabs are asked first, for `answers` at the most, and an orphan's cookie is waited
    /// for, for the whole of `orphan`.
    pub(crate) fn hold(&mut self, answers: Duration, orphan: Duration, now: Moment) {
        self.stage = Stage::Holding;
        self.orphan = Deadline::new(now, orphan);
        self.wait_again(answers.max(orphan), now);
    }

    /// When it began.
    pub(crate) fn began(&self) -> Moment {
        self.since
    }

    /// What it has waited for is there, or will not come.
    pub(crate) fn stop_waiting(&mut self, now: Moment) {
        self.orphan = Deadline::new(now, Duration::ZERO);
        self.waited_for = None;
    }

    /// How much longer an orphan's cookie is waited for.
    pub(crate) fn orphan_left(&self, now: Moment) -> Duration {
        self.orphan.remaining(now)
    }

    /// How much of a wait for this orphan is left. None is waited for twice.
    pub(crate) fn still_waits(&self, orphan: Option<Unsettled>, wait: Duration, now: Moment) -> Duration {
        let is_same = self
            .waited_for
            .zip(orphan)
            .is_some_and(|(before, orphan)| before.is_same(&orphan) && before.standing == orphan.standing);
        if is_same { self.orphan_left(now).min(wait) } else { wait }
    }

    /// Whether something of it is on the wire.
    pub(crate) fn is_busy(&self) -> bool {
        self.stage == Stage::Busy
    }

    /// Whether a refresh of it is on the wire: its own, or the one that a sign-out is compared with.
    fn has_refresh_out(&self) -> bool {
        self.is_busy() && (self.job == Job::Refresh || self.compares)
    }

    /// Whether nobody has looked at it for longer than `gap`, now or before.
    pub(crate) fn was_neglected(&self, now: Moment, gap: Duration) -> bool {
        self.neglected || now.since(self.looked) > self.longest_gap(gap)
    }

    /// How long nobody may look at it. What tells whose session there is must be new.
    fn longest_gap(&self, gap: Duration) -> Duration {
        if self.compares { gap.min(COMPARISON_GAP) } else { gap }
    }

    /// It may be waited for that long from now on.
    pub(crate) fn wait_again(&mut self, bound: Duration, now: Moment) {
        self.left = bound;
        self.looked = now;
    }
}

/// The queue, and whose turn it is.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    pub(crate) current: Option<Turn>,
    pub(crate) agenda: Vec<Job>,
    /// How many refreshes have been sent; the current one is the `sent`-th.
    pub(crate) sent: u32,
    late: Vec<Sent>,
    /// Those of them whose epoch is over.
    stray: Vec<Sent>,
}

impl Turns {
    /// A turn is asked for; it may be waited for that long.
    pub(crate) fn ask(&mut self, attempt: AttemptId, job: Job, bound: Duration, now: Moment) {
        self.current = Some(Turn {
            attempt,
            job,
            stage: Stage::Locking,
            since: now,
            left: bound,
            looked: now,
            neglected: false,
            unwatched: Duration::ZERO,
            orphan: Deadline::new(now, Duration::ZERO),
            waited_for: None,
            id: None,
            under: None,
            compares: false,
            tells: None,
            carries_token: false,
            refused: None,
            inert: false,
        });
    }

    /// Counts the time that has passed since the last look; `gap` without one is long.
    pub(crate) fn look(&mut self, now: Moment, gap: Duration) {
        if let Some(turn) = &mut self.current {
            let gap = turn.longest_gap(gap);
            let passed = now.surely_since(turn.looked).min(SLICE);
            turn.left = turn.left.saturating_sub(passed);
            turn.unwatched = turn.unwatched.saturating_add(passed);
            turn.neglected = turn.was_neglected(now, gap);
            turn.looked = now;
        }
    }

    /// The turn that waits for the lock, if it is time to look at who has it.
    pub(crate) fn watch(&mut self, gap: Duration) -> Option<AttemptId> {
        let turn = self.current.as_mut().filter(|turn| turn.stage == Stage::Locking)?;
        if turn.unwatched < SLICE.min(gap / 2) {
            return None;
        }
        turn.unwatched = Duration::ZERO;
        Some(turn.attempt)
    }

    /// How long until the next look at the current turn; zero when it is overdue.
    pub(crate) fn next_look(&self, now: Moment, gap: Duration) -> Option<Duration> {
        let turn = self.current.as_ref()?;
        let look = SLICE.min(turn.longest_gap(gap) / 2);
        Some(turn.left.min(look).saturating_sub(now.surely_since(turn.looked)))
    }

    /// Whether the current turn has taken too long.
    pub(crate) fn is_overdue(&self) -> bool {
        self.current.as_ref().is_some_and(|turn| turn.left.is_zero())
    }

    /// Whether the lock is held and nothing is on the wire yet.
    pub(crate) fn is_holding(&self) -> bool {
        self.current.as_ref().is_some_and(|turn| turn.stage == Stage::Holding)
    }

    /// Whether a refresh is on the wire in this turn.
    pub(crate) fn refresh_is_out(&self) -> bool {
        self.current.as_ref().is_some_and(Turn::has_refresh_out)
    }

    /// The refreshes of this epoch that were given up on, and may still be answered.
    pub(crate) fn late(&self) -> impl Iterator<Item = Sent> {
        self.late.iter().copied()
    }

    /// The refreshes of earlier epochs that were given up on, and may still be answered.
    pub(crate) fn stray(&self) -> impl Iterator<Item = Sent> {
        self.stray.iter().copied()
    }

    /// Every refresh of this tab that is out and unanswered.
    pub(crate) fn in_flight(&self) -> impl Iterator<Item = Sent> {
        let busy = self.current.as_ref().filter(|_| self.refresh_is_out()).map(|turn| self.sent_in(turn));
        busy.into_iter().chain(self.late()).chain(self.stray.iter().copied())
    }

    /// Whether a login function runs in this turn.
    pub(crate) fn runs_login(&self) -> bool {
        self.current.as_ref().is_some_and(|turn| turn.is_busy() && matches!(turn.job, Job::Login { .. }))
    }

    /// Whether anything that writes the cookie is on the wire.
    pub(crate) fn is_writing(&self) -> bool {
        self.current.as_ref().is_some_and(Turn::is_busy)
    }

    /// The refresh that is on the wire.
    pub(crate) fn busy_refresh(&self) -> Option<AttemptId> {
        self.current.as_ref().filter(|_| self.refresh_is_out()).map(|turn| turn.attempt)
    }

    /// Whether a refresh was asked for or is on the wire.
    pub(crate) fn refresh_is_coming(&self) -> bool {
        self.current.as_ref().is_some_and(|turn| turn.job == Job::Refresh && !turn.inert)
    }

    /// Puts a sign-out on the agenda; one that waits already serves both.
    pub(crate) fn add_sign_out(&mut self, mut new: Vec<Ticket>, urge: Urge) {
        match self.agenda.last_mut() {
            Some(Job::SignOut { tickets, urge: waiting }) => {
                tickets.append(&mut new);
                *waiting = urge.min(*waiting);
            }
            _ => self.agenda.push(Job::SignOut { tickets: new, urge }),
        }
    }

    /// Whether nothing that writes the cookie waits, is on the wire, or may still be answered.
    pub(crate) fn is_quiet(&self) -> bool {
        self.current.is_none() && self.agenda.is_empty() && self.late.is_empty() && self.stray.is_empty()
    }

    /// Whether a sign-out waits for its turn, or has it.
    pub(crate) fn has_sign_out(&self) -> bool {
        let current = self.current.as_ref().map(|turn| &turn.job);
        current.into_iter().chain(&self.agenda).any(|job| matches!(job, Job::SignOut { .. }))
    }

    /// Drops what has not begun of one kind. Returns whose it was, and the turn that had been asked for.
    pub(crate) fn cancel(&mut self, which: impl Fn(&Job) -> bool) -> (Vec<Ticket>, Option<AttemptId>) {
        let (mut cancelled, left): (Vec<Job>, Vec<Job>) = self.agenda.drain(..).partition(|job| which(job));
        self.agenda = left;
        let asked = self.current.take_if(|turn| !turn.is_busy() && which(&turn.job));
        let attempt = asked.map(|turn| {
            cancelled.push(turn.job);
            turn.attempt
        });
        (cancelled.into_iter().flat_map(Job::into_tickets).collect(), attempt)
    }

    /// The epoch is over: every refresh that was sent in it is inert.
    pub(crate) fn turn_inert(&mut self) {
        self.stray.append(&mut self.late);
        let surplus = self.stray.len().saturating_sub(MOST_LATE);
        self.stray.drain(..surplus);
        if let Some(turn) = self.current.as_mut() {
            // Also one that a sign-out is compared with: it may bring the cookie of the session before.
            turn.inert = turn.has_refresh_out();
        }
    }

    /// Whether a refresh of another epoch may still bring its cookie.
    pub(crate) fn has_inert(&self) -> bool {
        !self.stray.is_empty() || self.current.as_ref().is_some_and(|turn| turn.inert)
    }

    /// The current turn is over without an answer; a refresh may still be answered.
    pub(crate) fn give_up(&mut self) -> Option<Turn> {
        let turn = self.current.take()?;
        if turn.has_refresh_out() {
            let sent = self.sent_in(&turn);
            // What a sign-out was to be compared with is of no session of ours.
            let list = if turn.inert || turn.compares { &mut self.stray } else { &mut self.late };
            if list.len() == MOST_LATE {
                list.remove(0);
            }
            list.push(sent);
        }
        Some(turn)
    }

    /// Takes the current turn if it is this one.
    pub(crate) fn take(&mut self, attempt: AttemptId) -> Option<Turn> {
        self.current.take_if(|turn| turn.attempt == attempt)
    }

    /// The refresh of this turn, the last that was sent.
    pub(crate) fn sent_in(&self, turn: &Turn) -> Sent {
        Sent {
            attempt: turn.attempt,
            id: turn.id.unwrap_or(turn.attempt),
            under: turn.under,
            number: self.sent,
            began: turn.since,
        }
    }

    /// What the answer to this refresh is worth. The one place where an answer of another epoch is dropped.
    pub(crate) fn settle(&mut self, attempt: AttemptId) -> (Settled, Option<Turn>) {
        if let Some(turn) = self.take(attempt) {
            let in_time = self.sent_in(&turn);
            let settled = if turn.inert { Settled::Inert(in_time) } else { Settled::InTime(in_time) };
            return (settled, Some(turn));
        }
        let mut take_from = |list: fn(&mut Self) -> &mut Vec<Sent>| {
            let list = list(self);
            list.iter().position(|sent| sent.attempt == attempt).map(|index| list.remove(index))
        };
        let settled = match take_from(|turns| &mut turns.stray).map(Settled::Stray) {
            Some(stray) => stray,
            None => take_from(|turns| &mut turns.late).map_or(Settled::Unknown, Settled::Late),
        };
        (settled, None)
    }
}
