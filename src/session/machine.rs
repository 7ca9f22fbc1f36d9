//! The machine: events in, commands out.

mod closing;
mod deferring;
mod epochs;
mod idling;
mod life;
mod logins;
mod noting;
mod orphans;
mod peers;
mod refresh;
mod replying;
mod requests;
mod seeding;
mod sign_ins;
mod sign_out_turn;
mod signing_out;
mod turns;
mod unanswered;

use crate::session::clock::Clock;
use crate::session::config::Config;
use crate::session::error::{Denial, RefreshFailure};
use crate::session::event::Event;
use crate::session::id::{Entropy, EpochId, Generation, TabId, Ticket};
use crate::session::markers::Markers;
use crate::session::outbox::{Outbox, Reply};
use crate::session::page::Page;
use crate::session::renewal::Renewal;
use crate::session::report::Report;
use crate::session::sign_out::SignOut;
use crate::session::status::{Progress, Status};
use crate::session::storage::stored::Stored;
use crate::session::tabs::Tabs;
use crate::session::tabs::message::PeerMessage;
use crate::session::tenure::{Phase, Tenure};
use crate::session::time::{Millis, Moment};
use crate::session::token::Credential;
use crate::session::turn::Queue;
use crate::session::turn::{Stage, Task};
use crate::session::waiters::{Waiters, Wish};

/// One session. See the [module](super) for its parts and invariants.
#[derive(Debug)]
pub struct Session<E> {
    config: Config,
    entropy: E,
    clock: Clock,
    page: Page,
    tenure: Tenure,
    queue: Queue,
    markers: Markers,
    renewal: Renewal,
    sign_out: SignOut,
    tabs: Tabs,
    waiters: Waiters,
    /// The entries that were read last. Where the browser stores nothing, what other tabs have said
    /// of refreshes.
    stored: Stored,
    /// The status that the app was told of last.
    shown: Status,
    outbox: Outbox,
}

impl<E: Entropy> Session<E> {
    /// Creates a session that does nothing before [`Event::Started`].
    pub fn new(config: Config, mut entropy: E) -> Self {
        let tabs = Tabs::new(TabId::draw(&mut entropy));
        let tenure = Tenure::new(config.restore, config.has_none);
        let mut session = Self {
            config,
            entropy,
            clock: Clock::default(),
            page: Page::default(),
            tenure,
            queue: Queue::default(),
            markers: Markers::default(),
            renewal: Renewal::default(),
            sign_out: SignOut::default(),
            tabs,
            waiters: Waiters::default(),
            stored: Stored::default(),
            shown: Status::Closed,
            outbox: Outbox::default(),
        };
        session.shown = session.status();
        session
    }

    /// Handles an event, and returns what to do.
    pub fn handle(&mut self, now: Moment, event: Event) -> Outbox {
        self.outbox.app.reports.extend(self.clock.read(now));
        match event {
            Event::StorageRead(found) => self.stored = self.clock.horizon.believed(self.completed(*found)),
            event if self.tenure.is_closed() => self.react_when_closed(now, event),
            event => {
                self.extend_late_wait(now);
                if self.counts(&event) {
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

    /// Returns how long until an [`Event::Tick`] is wanted; `None` if only another event can change
    /// anything.
    pub fn deadline(&self, now: Moment) -> Option<Millis> {
        let patience = self.waiters.patience_left(now, self.config.patience);
        let work = match self.queue.next_look(now, self.config.longest_gap()) {
            Some(look) => Some(look),
            None if !self.page.may_act() => None,
            None => [self.own_refresh_wait(now), self.waiting_wait(now)].into_iter().flatten().min(),
        };
        let heard = self.tabs.answer_wait(now).filter(|_| !self.waiters.seeds.is_empty());
        [patience, self.tabs.replies.wait(now), work, heard].into_iter().flatten().min()
    }

    /// Returns what the app may see.
    pub fn status(&self) -> Status {
        match &self.tenure.phase {
            Phase::Unknown { .. } => Status::Unknown {
                failure: self.renewal.failure,
                retry_at: self.renewal.failure.and_then(|_| self.renewal.retry_at(self.renewal.is_offline())),
            },
            Phase::Active(current) => Status::Active {
                epoch: current.epoch,
                generation: current.generation,
                grant: current.grant.clone(),
                failure: self.renewal.failure,
                refresh_at: self.ahead(current).map(|due| {
                    let paused = self.renewal.failure.and_then(|_| self.renewal.retry_at(true));
                    paused.map_or(due.wall_ms(), |until| until.max(due.wall_ms()))
                }),
                elsewhere: current.elsewhere,
            },
            Phase::Ended { reason, elsewhere } => Status::Ended { reason: *reason, elsewhere: *elsewhere },
            Phase::Closed { .. } => Status::Closed,
        }
    }

    /// Whether storage is read, and an [`Event::StorageRead`] handled, right before this event. The
    /// first rejection of a token may cause a refresh; those that follow wait for it.
    pub fn needs_storage(&self, event: &Event) -> bool {
        match (event, &self.tenure.phase) {
            (Event::TokenRejected { generation, .. }, Phase::Active(current)) => {
                !current.refused && current.generation == *generation
            }
            // Whoever stores nothing has only told of it.
            (Event::PeerSpoke { message: PeerMessage::Over { until, .. }, .. }, _) => {
                self.tenure.end_of(*until).is_none()
            }
            _ => event.needs_storage(),
        }
    }

    /// Returns the current token if it is valid. Taking it causes nothing, and does not count as
    /// using the session.
    pub fn in_hand(&self, now: Moment) -> Option<Credential> {
        self.tenure.in_hand(now)
    }

    /// Returns the session and the generation of the current token if it is valid. `uses`: a request
    /// will carry it. Then nothing is returned either if [`Event::TokenWanted`] would change
    /// something.
    pub fn token_in_hand(&self, now: Moment, uses: bool) -> Option<(EpochId, Generation)> {
        let current = match uses {
            true => self.tenure.ready(now, self.is_being_replaced(now))?,
            false => self.tenure.valid(now)?,
        };
        Some((current.epoch, current.generation))
    }

    /// Whether the session object was closed.
    pub fn is_closed(&self) -> bool {
        self.tenure.is_closed()
    }

    /// Returns this tab, and the other tabs that were heard: to show, not to decide by.
    pub fn tabs(&self) -> (TabId, &[TabId]) {
        (self.tabs.me, self.tabs.siblings())
    }

    /// Returns the progress of the current turn: to show.
    pub fn progress(&self) -> Progress {
        match self.queue.current.as_ref().map(|turn| &turn.stage) {
            None => Progress::Idle,
            Some(Stage::Locking { .. }) => Progress::Locking,
            Some(Stage::Holding { .. } | Stage::Reading { .. }) => Progress::Holding,
            Some(Stage::OnWire(_)) => Progress::Sent,
        }
    }

    /// Returns the last failure and its date (milliseconds since 1970): to show. Success does not
    /// clear it.
    pub fn last_failure(&self) -> Option<(RefreshFailure, i64)> {
        self.renewal.last_failure
    }

    fn react(&mut self, now: Moment, event: Event) {
        match event {
            Event::StorageRead(_) => {}
            Event::Started => self.start(now),
            Event::SignInWanted { ticket } => self.queue.waiting.push(Task::Login { ticket }),
            Event::LoginSettled { ticket, grant } => {
                self.note_latest(now);
                self.login_settled(now, ticket, grant);
            }
            Event::SignedIn { ticket, grant } => {
                self.note_latest(now);
                let overlapped = self.overlaps_sign_in(now, &grant);
                self.begin_session(now, ticket, grant, overlapped);
            }
            Event::CookieChanged { ticket } => self.cookie_changed(now, ticket),
            Event::Seeded { ticket, grant } => self.seeded(now, ticket, grant),
            Event::SignOutWanted { ticket, reads_login } => {
                self.note_latest(now);
                self.sign_out(now, ticket, reads_login);
            }
            Event::SignOutSettled { attempt, outcome } => {
                self.apply_stored_sign_out(now);
                self.sign_out_settled(now, attempt, outcome);
            }
            Event::TokenWanted { ticket, not, min_validity } => {
                self.token_wanted(now, ticket, not, min_validity);
            }
            Event::RenewalWanted { ticket } => match self.tenure.phase {
                Phase::Ended { reason, .. } => self.answer(ticket, Err(Denial::Ended(reason))),
                _ => self.wait(now, ticket, Wish::Renewal { after: self.queue.sent }),
            },
            Event::TokenRejected { ticket, epoch, generation, audience } => {
                self.token_rejected(now, ticket, epoch, generation, &audience);
            }
            Event::ReplayRejected { audience } => {
                // Fifty replays that are rejected together are one strike.
                if self.renewal.breaker.open_until(&audience, now).is_none() {
                    self.renewal.breaker.strike(&audience, now);
                }
            }
            Event::TokenAccepted { epoch, generation, audience } => {
                if self.renewal.breaker.accepted(&audience) {
                    self.give_back_justified(now);
                }
                if let Phase::Active(current) = &mut self.tenure.phase
                    && current.epoch == epoch
                    && current.generation == generation
                {
                    current.accept(now);
                }
            }
            Event::Withdrawn { ticket } => self.waiters.withdraw(ticket),
            Event::LockGranted { attempt, contended } => {
                self.lock_granted(now, attempt, contended);
            }
            Event::LookedAgain { attempt } => self.looked_again(now, attempt),
            Event::LockMoved { attempt } => self.lock_moved(now, attempt),
            Event::RefreshSettled { attempt, outcome, echoes } => {
                self.apply_stored_session(now);
                self.refresh_settled(now, attempt, outcome, echoes);
            }
            Event::PeerSpoke { from, message } => self.peer_spoke(now, from, message),
            Event::StorageChanged => {
                self.apply_stored_session(now);
                if self.markers.blocked.is_some() {
                    self.look_at_in_flight(now);
                }
                self.drop_needless_turn(now);
            }
            Event::Woken { was_away, is_seen } => {
                let was_away = was_away | self.page.wake(is_seen);
                self.woken(now, was_away);
            }
            Event::StorageCleared => self.storage_cleared(),
            Event::Hidden => {
                self.page.hide();
            }
            Event::Left => self.leave(now),
            Event::Tick => {}
            Event::CameOnline => {
                self.renewal.backoff.reset();
                self.renewal.allowance.show(self.stored.spent, now);
                self.sign_out.end_pause();
                self.catch_up(now);
            }
            Event::Closed => self.close(now),
        }
    }

    /// Whether an event counts: no date is more than a year ahead. Before the start, nothing from
    /// outside the page counts; the start reads what is stored.
    fn counts(&self, event: &Event) -> bool {
        match event {
            Event::PeerSpoke { message, .. } => {
                self.page.has_started() && self.clock.horizon.believes(message)
            }
            Event::StorageChanged | Event::CameOnline => self.page.has_started(),
            _ => true,
        }
    }

    fn wait(&mut self, now: Moment, ticket: Ticket, wish: Wish) {
        let epoch = match &self.tenure.phase {
            Phase::Active(current) => Some(current.epoch),
            _ => None,
        };
        self.waiters.add(ticket, wish, epoch, now);
    }

    /// Cancels the tasks of one kind that have not begun, and tells their callers.
    fn cancel(&mut self, which: fn(&Task) -> bool, denial: Denial) {
        let (tickets, attempt) = self.queue.cancel(which);
        if let Some(attempt) = attempt {
            self.outbox.release(attempt);
        }
        for ticket in tickets {
            self.answer(ticket, Err(denial));
        }
    }

    fn report(&mut self, report: Report) {
        self.outbox.app.reports.push(report);
    }

    fn answer(&mut self, ticket: Ticket, answer: Result<Reply, Denial>) {
        self.outbox.replies.push((ticket, answer));
    }
}
