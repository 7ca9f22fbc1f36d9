//! The machine: events in, commands out.

mod closing;
mod deferring;
mod epochs;
mod idling;
mod life;
mod newest;
mod noting;
mod orphans;
mod peers;
mod queue;
mod refresh;
mod replying;
mod requests;
mod seeding;
mod sign_out;
mod sign_out_turn;
mod unanswered;

use super::time::Millis;

use super::backoff::Backoff;
use super::breaker::Breaker;
use super::bucket::Bucket;
use super::callers::{Callers, Wish};
use super::config::Config;
use super::cookie::Cookie;
use super::error::{Denial, RefreshFailure};
use super::event::Event;
use super::held::Held;
use super::horizon::Horizon;
use super::id::{Entropy, EpochId, TabId, Ticket};
use super::markers::Markers;
use super::memo::{Begun, Memo, PendingSignOut};
use super::note::Note;
use super::outbox::{Outbox, Reply};
use super::peers::Peers;
use super::report::Report;
use super::signing_out::{SignOutFailure, SignOutStatus};
use super::status::{EndReason, Progress, Status};
use super::time::{Deadline, Moment};
use super::token::{Credential, Grant, Subject};
use super::turn::{Job, Stage};
use super::turns::Turns;
use deferring::Deferral;
use idling::SentFor;
use seeding::Seed;

/// How long after it was woken a tab hears what has waited for it.
const JUST_WOKEN: Millis = Millis::from_secs(1);

#[derive(Debug)]
enum Phase {
    Unknown {
        /// Which session is to be restored, where that is known.
        restoring: Option<Begun>,
        /// Another tab has begun it.
        elsewhere: bool,
    },
    Active(Held),
    Ended {
        reason: EndReason,
        elsewhere: bool,
    },
    Closed {
        /// The session that went on: what is still out may bring a cookie over that of it.
        session: Option<EpochId>,
    },
}

/// One session. See the [module](super) for its states and invariants.
#[derive(Debug)]
pub struct Session<E> {
    config: Config,
    entropy: E,
    phase: Phase,
    started: bool,
    turns: Turns,
    callers: Callers,
    /// Logins that run, the one whose turn it is or not.
    logins: Vec<Ticket>,
    cookie: Cookie,
    /// Tokens that the page was delivered with, and that wait.
    seeds: Vec<Seed>,
    backoff: Backoff,
    sign_out_backoff: Backoff,
    /// The allowance of refreshes for which nobody waits.
    allowance: Bucket,
    /// The part of it that refreshes for callers have used up since a token came.
    taken_by_callers: u32,
    /// Until when they are held back, in milliseconds since 1970: to show.
    held_until: Option<i64>,
    /// The reason for which the last refresh was sent.
    sent_for: SentFor,
    /// Whether the other tabs have been told of it.
    is_told: bool,
    failure: Option<RefreshFailure>,
    /// What went wrong last, and when (milliseconds since 1970): to show.
    last_failure: Option<(RefreshFailure, i64)>,
    /// When something happened last.
    last: Option<Moment>,
    /// The latest date that is believed of what storage or another tab says.
    horizon: Horizon,
    /// When the wall clock was last found to have jumped, and how much it had counted too little.
    set_back: Option<(Moment, Millis)>,
    /// The last memo that was read. Where the browser keeps nothing, what other tabs have said of refreshes.
    known: Memo,
    /// The notes of this event, which other tabs are about to be told.
    notes: Vec<Note>,
    /// There is a tab that cannot read what is kept.
    has_unkept: bool,
    /// Until when this tab takes what others know, and have not noted themselves.
    listens_until: Option<Deadline>,
    /// The refreshes of which something is not known.
    markers: Markers,
    /// Until when no refresh is sent, because of those that are out and unanswered.
    blocked: Option<Deadline>,
    /// Until when a refresh may be answered that another tab has sent, and hears of.
    out_elsewhere: Option<Deadline>,
    /// A sign-out that the server has not confirmed.
    pending: Option<PendingSignOut>,
    /// The owner of a token that was compared with it: the same person, with another `sid`.
    compared: Option<Subject>,
    /// The token of the session that is signed out, where the endpoint requires it. Never stored.
    ending: Option<Grant>,
    /// Why the last try to sign out was not confirmed.
    sign_out_failure: Option<SignOutFailure>,
    /// What has become of the last sign-out, once nothing of it is pending.
    sign_out_status: Option<SignOutStatus>,
    /// Whether the server has said that there is no session.
    has_none: bool,
    /// The number of the newest refresh that brought a token.
    adopted: u32,
    breaker: Breaker,
    peers: Peers,
    /// Of a worker: whether a page refreshes for it.
    deferral: Deferral,
    /// Of a page: a worker has asked it to refresh.
    is_asked: bool,
    /// Every session that had begun by then is over, and why.
    over: Option<(EpochId, EndReason)>,
    /// The latest that another tab has written down: a session of its, or that one is over.
    seen: Option<EpochId>,
    /// What had begun when this page did.
    before: Option<EpochId>,
    /// What was known to be over when the newest refresh was sent.
    over_when_sent: Option<EpochId>,
    /// What was stored has been cleared while we lived: the lock may be another one for pages that came since.
    cleared: bool,
    /// Nobody sees the page.
    hidden: bool,
    /// The page was put away; it hears nothing.
    away: bool,
    /// The status that the app was told of last.
    shown: Status,
    outbox: Outbox,
}

impl<E: Entropy> Session<E> {
    /// A session of which nothing is known yet. It does nothing before [`Event::Started`].
    pub fn new(config: Config, mut entropy: E) -> Self {
        let phase = match config.restore {
            true => Phase::Unknown { restoring: None, elsewhere: false },
            false => Phase::Ended { reason: EndReason::None, elsewhere: false },
        };
        let peers = Peers::new(TabId::draw(&mut entropy));
        let has_none = config.has_none;
        let mut session = Self {
            config,
            entropy,
            phase,
            started: false,
            turns: Turns::default(),
            callers: Callers::default(),
            logins: Vec::new(),
            cookie: Cookie::default(),
            seeds: Vec::new(),
            backoff: Backoff::default(),
            sign_out_backoff: Backoff::of_sign_outs(),
            allowance: idling::full(),
            taken_by_callers: 0,
            held_until: None,
            sent_for: SentFor::default(),
            is_told: false,
            failure: None,
            last_failure: None,
            last: None,
            horizon: Horizon::after(0),
            set_back: None,
            known: Memo::default(),
            notes: Vec::new(),
            has_unkept: false,
            listens_until: None,
            markers: Markers::default(),
            blocked: None,
            out_elsewhere: None,
            pending: None,
            compared: None,
            ending: None,
            sign_out_failure: None,
            sign_out_status: None,
            has_none,
            adopted: 0,
            breaker: Breaker::default(),
            peers,
            deferral: Deferral::default(),
            is_asked: false,
            over: None,
            seen: None,
            before: None,
            over_when_sent: None,
            cleared: false,
            hidden: false,
            away: false,
            shown: Status::Closed,
            outbox: Outbox::default(),
        };
        session.shown = session.status();
        session
    }

    /// Takes what happened, and returns what to do.
    pub fn handle(&mut self, now: Moment, event: Event) -> Outbox {
        if let Some((wall_ms, monotonic_ms)) = self.last.replace(now).and_then(|last| now.jump_since(last)) {
            self.report(Report::ClockJumped { wall_ms, monotonic_ms });
            self.set_back = Some((now, Millis::between(wall_ms, monotonic_ms)));
        }
        self.horizon = self.horizon.max(Horizon::after(now.wall_ms()));
        match event {
            Event::StorageRead(found) => self.known = self.horizon.believed(self.completed(*found)),
            event if matches!(self.phase, Phase::Closed { .. }) => self.react_when_closed(now, event),
            event => {
                if self.believes(&event) {
                    self.react(now, event);
                }
                self.advance(now);
            }
        }
        self.tell_notes(now);
        if !self.is_shown() {
            self.shown = self.status();
            self.outbox.app.publish = true;
        }
        std::mem::take(&mut self.outbox)
    }

    /// Whether the app has been told of the status as it is now.
    fn is_shown(&self) -> bool {
        self.shown == self.status()
    }

    /// How long until a [`Event::Tick`] is wanted; `None` when only an event can change anything.
    pub fn deadline(&self, now: Moment) -> Option<Millis> {
        let patience = self.callers.patience_left(now, self.config.patience);
        let work = match self.turns.next_look(now, self.config.longest_gap()) {
            Some(look) => Some(look),
            None if self.away || !self.started => None,
            None => [self.own_refresh_wait(now), self.agenda_wait(now)].into_iter().flatten().min(),
        };
        let heard = self.peers.answer_wait(now).filter(|_| !self.seeds.is_empty());
        [patience, self.peers.replies.wait(now), work, heard].into_iter().flatten().min()
    }

    /// What the app may see.
    pub fn status(&self) -> Status {
        match &self.phase {
            Phase::Unknown { .. } => Status::Unknown {
                failure: self.failure,
                retry_at: self.failure.and_then(|_| self.retry_at(self.is_offline())),
            },
            Phase::Active(held) => Status::Active {
                epoch: held.epoch,
                generation: held.generation,
                grant: held.grant.clone(),
                failure: self.failure,
                refresh_at: self.ahead(held).map(|due| {
                    let paused = self.failure.and_then(|_| self.retry_at(true));
                    paused.map_or(due.wall_ms(), |until| until.max(due.wall_ms()))
                }),
                elsewhere: held.elsewhere,
            },
            Phase::Ended { reason, elsewhere } => Status::Ended { reason: *reason, elsewhere: *elsewhere },
            Phase::Closed { .. } => Status::Closed,
        }
    }

    /// When the next attempt is due after a failure, in milliseconds since 1970. Sooner if a caller comes.
    fn retry_at(&self, is_idle: bool) -> Option<i64> {
        let paused = if is_idle { self.backoff.idle_retry_at() } else { self.backoff.retry_at() };
        paused.max(self.held_until)
    }

    /// Whether the last attempt failed because there is no network.
    fn is_offline(&self) -> bool {
        self.failure == Some(RefreshFailure::Offline)
    }

    /// A token that lives, and needs no waiting for. To take it causes nothing, and is no use of the session.
    pub fn in_hand(&self, now: Moment) -> Option<Credential> {
        match &self.phase {
            Phase::Active(held) if held.grant.lasts(now, Millis::ZERO) => Some(held.credential()),
            _ => None,
        }
    }

    /// Which tab this is, and which others were heard of last: to show, not to decide by.
    pub fn tabs(&self) -> (TabId, &[TabId]) {
        (self.peers.me, self.peers.siblings())
    }

    /// How far a refresh, or whatever else wants the wire, has come: to show.
    pub fn progress(&self) -> Progress {
        match self.turns.current.as_ref().map(|turn| turn.stage) {
            None => Progress::Idle,
            Some(Stage::Locking) => Progress::Locking,
            Some(Stage::Holding | Stage::Looking) => Progress::Holding,
            Some(Stage::Busy) => Progress::Sent,
        }
    }

    /// What went wrong last, and when (milliseconds since 1970): to show. It stays when all is well again.
    pub fn last_failure(&self) -> Option<(RefreshFailure, i64)> {
        self.last_failure
    }

    fn react(&mut self, now: Moment, event: Event) {
        let memo = self.known;
        match event {
            Event::StorageRead(_) => {}
            Event::Started { company } => self.start(now, &memo, company),
            Event::SignInWanted { ticket } => self.turns.agenda.push(Job::Login { ticket }),
            Event::LoginSettled { ticket, grant } => {
                self.note_latest(now, &memo);
                self.login_settled(now, ticket, grant, &memo);
            }
            Event::SignedIn { ticket, grant } => {
                self.note_latest(now, &memo);
                let overlapped = self.overlaps_sign_in(now, &memo, &grant);
                self.begin_session(now, grant);
                self.cookie.in_doubt = overlapped;
                self.mark_earlier(now, &memo);
                self.answer(ticket, Ok(Reply::Done));
            }
            Event::CookieChanged { ticket } => self.cookie_changed(now, ticket, &memo),
            Event::Seeded { ticket, grant } => self.seeded(now, ticket, grant, memo),
            Event::SignOutWanted { ticket, reads_login } => {
                self.note_latest(now, &memo);
                self.sign_out(now, ticket, &memo, reads_login);
            }
            Event::SignOutSettled { attempt, outcome } => self.sign_out_settled(now, attempt, outcome),
            Event::TokenWanted { ticket, not, min_validity } => {
                self.token_wanted(now, ticket, not, min_validity);
            }
            Event::RenewalWanted { ticket } => match self.phase {
                Phase::Ended { reason, .. } => self.answer(ticket, Err(Denial::Ended(reason))),
                _ => self.wait(now, ticket, Wish::Renewal { after: self.turns.sent }),
            },
            Event::TokenRejected { ticket, epoch, generation, audience } => {
                self.token_rejected(now, ticket, epoch, generation, &audience);
            }
            Event::ReplayRejected { audience } => {
                // Fifty replays that are refused together are one strike.
                if self.breaker.open_until(&audience, now).is_none() {
                    self.breaker.strike(&audience, now);
                }
            }
            Event::TokenAccepted { epoch, generation, audience } => {
                self.breaker.accepted(&audience, now);
                if let Phase::Active(held) = &mut self.phase
                    && held.epoch == epoch
                    && held.generation == generation
                {
                    held.accept(now);
                }
            }
            Event::Withdrawn { ticket } => self.callers.withdraw(ticket),
            Event::LockGranted { attempt, contended } => {
                self.lock_granted(now, attempt, contended, &memo);
            }
            Event::LookedAgain { attempt } => self.looked_again(now, attempt, &memo),
            Event::LockMoved { attempt } => self.lock_moved(now, attempt),
            Event::RefreshSettled { attempt, outcome, echoes } => {
                self.recall(now, &memo);
                self.refresh_settled(now, attempt, outcome, echoes, &memo);
            }
            Event::PeerSpoke { from, message } => self.peer_spoke(now, from, message),
            Event::StorageChanged => {
                self.recall(now, &memo);
                if self.blocked.is_some() {
                    self.look_at_in_flight(now, &memo);
                }
                self.drop_needless_turn(now);
            }
            Event::Woken { was_away, is_seen } => {
                self.hidden &= !is_seen;
                self.woken(now, &memo, was_away);
            }
            Event::StorageCleared => self.storage_cleared(),
            Event::Hidden => {
                self.hidden = true;
            }
            Event::Left => self.leave(now),
            Event::Tick => {}
            Event::CameOnline => {
                self.backoff.reset();
                self.show_hold(now);
                self.sign_out_backoff.reset();
                self.recall(now, &memo);
                self.recall_sign_out(now, &memo);
                self.pursue_sign_out();
            }
            Event::Closed => self.close(now),
        }
    }

    /// Whether an event says nothing that is dated more than a year ahead.
    fn believes(&self, event: &Event) -> bool {
        !matches!(event, Event::PeerSpoke { message, .. } if !self.horizon.believes(message))
    }

    fn wait(&mut self, now: Moment, ticket: Ticket, wish: Wish) {
        let epoch = match &self.phase {
            Phase::Active(held) => Some(held.epoch),
            _ => None,
        };
        self.callers.add(ticket, wish, epoch, now);
    }

    /// Takes from the queue what has not begun of one kind, and says so to those who wait for it.
    fn cancel(&mut self, which: impl Fn(&Job) -> bool, denial: Denial) {
        let (tickets, attempt) = self.turns.cancel(which);
        if let Some(attempt) = attempt {
            self.outbox.release(attempt);
        }
        for ticket in tickets {
            self.answer(ticket, Err(denial));
        }
    }

    /// How much longer than the wall clock says a message may have lain there that is heard right after a jump.
    fn wall_lost(&self, now: Moment) -> Millis {
        let is_recent = |(at, _): &(Moment, Millis)| now.since(*at) < JUST_WOKEN;
        self.set_back.filter(is_recent).map_or(Millis::ZERO, |(_, lost)| lost)
    }

    fn report(&mut self, report: Report) {
        self.outbox.app.reports.push(report);
    }

    fn answer(&mut self, ticket: Ticket, answer: Result<Reply, Denial>) {
        self.outbox.replies.push((ticket, answer));
    }
}
