//! The callers that wait for a token, and the limit of their wait.

pub(crate) mod ticket_queue;

use crate::session::id::{EpochId, Ticket};
use crate::session::storage::stored::Fingerprint;
use crate::session::tenure::seed::Seed;
use crate::session::time::{Deadline, Millis, Moment};
use crate::session::token::current_token::Source;
use crate::session::waiters::ticket_queue::TicketQueue;

/// The wish of a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// Any token of its session.
    Token,
    /// A refresh that is sent after the first `after` ones.
    Renewal {
        /// Number of refreshes sent before the wish.
        after: u32,
    },
    /// A refresh as above that begins a new session.
    NewEpoch {
        /// Number of refreshes sent before the wish.
        after: u32,
    },
    /// A refresh as above that brings a token of this person.
    Person {
        /// Number of refreshes sent before the wish.
        after: u32,
        /// A session of that person.
        owner: Fingerprint,
    },
}

impl Wish {
    /// Whether a token from this source grants it. A token of another tab was requested before the
    /// wish.
    pub(crate) fn is_granted_by(self, source: Source) -> bool {
        match (self, source) {
            (Self::Token, _) | (_, Source::SignIn) => true,
            (_, Source::Peer | Source::Seed) => false,
            (
                Self::Renewal { after } | Self::NewEpoch { after } | Self::Person { after, .. },
                Source::Refresh(number),
            ) => number > after,
        }
    }
}

/// A caller that waits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Waiter {
    pub(crate) ticket: Ticket,
    pub(crate) wish: Wish,
    /// The session of its request; `None` if no session was known.
    pub(crate) epoch: Option<EpochId>,
    asked: Moment,
}

impl Waiter {
    /// Whether it asked in another session than this.
    pub(crate) fn is_of_other(&self, session: EpochId) -> bool {
        self.epoch.is_some_and(|asked| asked != session)
    }

    /// Returns one if it waits for more than a token, else zero.
    fn is_renewal(&self) -> usize {
        usize::from(self.wish != Wish::Token)
    }
}

/// All waiting callers, in their order.
#[derive(Debug, Default)]
pub(crate) struct Waiters {
    waiting: TicketQueue<Waiter>,
    /// The tokens that the page was delivered with.
    pub(crate) seeds: Vec<Seed>,
    /// Number of callers that wait for more than a token.
    renewals: usize,
}

impl Waiters {
    pub(crate) fn add(&mut self, ticket: Ticket, wish: Wish, epoch: Option<EpochId>, now: Moment) {
        let caller = Waiter { ticket, wish, epoch, asked: now };
        self.renewals += caller.is_renewal();
        self.waiting.push(ticket, caller);
    }

    pub(crate) fn withdraw(&mut self, ticket: Ticket) {
        if let Some(caller) = self.waiting.take(ticket) {
            self.renewals -= caller.is_renewal();
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Whether the refresh with this number is to begin a new session.
    pub(crate) fn want_new_epoch(&self, number: u32) -> bool {
        let wants = |caller: &Waiter| {
            matches!(caller.wish, Wish::NewEpoch { .. }) && caller.wish.is_granted_by(Source::Refresh(number))
        };
        self.want_refresh() && self.waiting.iter().any(wants)
    }

    /// Notes that a session has begun in another tab. Callers that wait for a new session join it.
    pub(crate) fn join_session(&mut self) {
        for caller in self.waiting.iter_mut() {
            if let Wish::NewEpoch { after } = caller.wish {
                caller.wish = Wish::Renewal { after };
            }
        }
    }

    /// Whether a caller waits for a token.
    pub(crate) fn want_token(&self) -> bool {
        self.waiting.len() > self.renewals
    }

    /// Whether a caller waits for a refresh, so that no token of another tab suffices.
    pub(crate) fn want_refresh(&self) -> bool {
        self.renewals > 0
    }

    /// Takes the callers that `which` selects.
    pub(crate) fn take(&mut self, which: &dyn Fn(&Waiter) -> bool) -> Vec<Waiter> {
        let taken = self.waiting.take_all(which);
        self.renewals -= taken.iter().map(Waiter::is_renewal).sum::<usize>();
        taken
    }

    /// Takes the callers that a token serves, or that asked in another session. `is_new`: whether
    /// its session has just begun here. `lasts`: whether the token is valid.
    pub(crate) fn take_served(
        &mut self,
        source: Source,
        session: EpochId,
        is_new: bool,
        lasts: bool,
    ) -> Vec<Waiter> {
        let is_asked_for_before = matches!(source, Source::Peer | Source::Seed);
        if is_asked_for_before && !is_new && !self.want_token() {
            // The token serves no caller. Thousands may wait for a refresh, so they are not
            // searched.
            return Vec::new();
        }
        self.take(&|waiter| {
            let is_good = lasts || waiter.wish != Wish::Token;
            (is_good && waiter.wish.is_granted_by(source)) || waiter.is_of_other(session)
        })
    }

    /// Takes the first caller whose patience has run out. Later callers are not examined, to keep
    /// the cost constant.
    pub(crate) fn take_impatient(&mut self, now: Moment, patience: Millis) -> Option<Waiter> {
        let is_impatient = |caller: &Waiter| Deadline::new(caller.asked, patience).is_due(now);
        let caller = self.waiting.take_first_if(is_impatient)?;
        self.renewals -= caller.is_renewal();
        Some(caller)
    }

    /// Returns the time until the first patience runs out.
    pub(crate) fn patience_left(&self, now: Moment, patience: Millis) -> Option<Millis> {
        self.waiting.first().map(|caller| Deadline::new(caller.asked, patience).remaining(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Moment = Moment::new(0, 0);
    const TOKEN: Ticket = Ticket(1);
    const RENEWAL: Ticket = Ticket(2);
    const WISHES: [(Ticket, Wish); 2] = [(TOKEN, Wish::Token), (RENEWAL, Wish::Renewal { after: 0 })];

    fn both() -> Waiters {
        let mut waiters = Waiters::default();
        WISHES.iter().for_each(|(ticket, wish)| waiters.add(*ticket, *wish, None, START));
        waiters
    }

    /// Whether a caller is left that waits for a token, and one that waits for a refresh.
    fn wanted(waiters: &Waiters) -> [bool; 2] {
        [waiters.want_token(), waiters.want_refresh()]
    }

    #[test]
    fn what_is_wanted_is_what_those_want_who_are_left() {
        let taken_by = |take: fn(&mut Waiters, Ticket)| {
            WISHES.map(|(ticket, _)| {
                let mut waiters = both();
                take(&mut waiters, ticket);
                wanted(&waiters)
            })
        };
        assert_eq!(wanted(&Waiters::default()), [false, false]);
        assert_eq!(wanted(&both()), [true, true]);
        assert_eq!(taken_by(Waiters::withdraw), [[false, true], [true, false]]);
        let take = |waiters: &mut Waiters, ticket| {
            assert_eq!(waiters.take(&|caller| caller.ticket == ticket).len(), 1);
        };
        assert_eq!(taken_by(take), [[false, true], [true, false]]);
    }

    #[test]
    fn the_impatient_are_those_who_came_first() {
        let mut waiters = both();
        let patience = Millis::from_secs(60);
        let mut impatient =
            |now| waiters.take_impatient(Moment::new(now, now), patience).map(|caller| caller.ticket);
        assert_eq!(impatient(59_999), None);
        assert_eq!(
            [impatient(60_000), impatient(60_000), impatient(60_000)],
            [Some(TOKEN), Some(RENEWAL), None]
        );
        assert_eq!(wanted(&waiters), [false, false]);
    }

    #[test]
    fn a_caller_with_an_earlier_ticket_that_came_later_makes_nobody_wait_longer() {
        let mut waiters = both();
        let (came, patience) = (Moment::new(5_000, 5_000), Millis::from_secs(60));
        waiters.add(Ticket(0), Wish::Token, None, came);
        let mut impatient =
            |now| waiters.take_impatient(Moment::new(now, now), patience).map(|caller| caller.ticket);
        let first = [impatient(60_000), impatient(60_000), impatient(64_999), impatient(65_000)];
        assert_eq!(first, [Some(TOKEN), Some(RENEWAL), None, Some(Ticket(0))]);
    }

    #[test]
    fn a_token_serves_those_that_it_grants_and_refuses_those_of_another_session() {
        let [session, other] = [5, 6].map(|ms| EpochId::draw(&mut || 7, ms, None));
        let all = [
            (Ticket(1), Wish::Token, Some(session)),
            (Ticket(2), Wish::Renewal { after: 3 }, Some(session)),
            (Ticket(3), Wish::Token, Some(other)),
            (Ticket(4), Wish::Token, None),
        ];
        for (source, is_new, lasts, expected) in [
            (Source::Refresh(4), false, true, &[1, 2, 3, 4][..]),
            (Source::Refresh(3), false, true, &[1, 3, 4]),
            (Source::Refresh(3), false, false, &[3]),
            (Source::SignIn, true, true, &[1, 2, 3, 4]),
            (Source::Peer, false, true, &[1, 3, 4]),
            (Source::Seed, true, false, &[3]),
        ] {
            let mut waiters = Waiters::default();
            for (ticket, wish, epoch) in all {
                waiters.add(ticket, wish, epoch, Moment::new(0, 0));
            }
            let served = waiters.take_served(source, session, is_new, lasts);
            let tickets: Vec<u32> = served.iter().map(|waiter| waiter.ticket.0).collect();
            assert_eq!(tickets, expected, "{source:?}, {is_new}, {lasts}");
        }
        let mut renewals = Waiters::default();
        renewals.add(Ticket(1), Wish::Renewal { after: 0 }, Some(other), Moment::new(0, 0));
        assert!(renewals.take_served(Source::Peer, session, false, true).is_empty(), "nobody is looked at");
        assert_eq!(renewals.take_served(Source::Peer, session, true, true).len(), 1);
    }
}
