//! Values by ticket, in the order in which they were added: nearly that of the tickets.
//!
//! Adding, finding and taking a value costs the same however many wait: thousands of calls may wait
//! for one refresh.

use std::collections::VecDeque;

use crate::session::id::Ticket;

/// Number of empty places that are kept after their values were taken. More are removed when they
/// are the majority.
const FEW: usize = 32;

/// One value for each ticket.
#[derive(Debug)]
pub struct TicketQueue<T> {
    /// The places in their order. The first is never empty.
    places: VecDeque<(Ticket, Option<T>)>,
    empty: usize,
}

impl<T> Default for TicketQueue<T> {
    fn default() -> Self {
        Self { places: VecDeque::new(), empty: 0 }
    }
}

impl<T> TicketQueue<T> {
    /// Adds the value of a ticket behind all others.
    pub fn push(&mut self, ticket: Ticket, value: T) {
        self.places.push_back((ticket, Some(value)));
    }

    /// Takes the value of a ticket.
    pub fn take(&mut self, ticket: Ticket) -> Option<T> {
        let found = self.places.binary_search_by_key(&ticket, |(its, _)| *its).ok();
        // The ticket of a seed was drawn before those that were added while it waited.
        let index = found.or_else(|| self.places.iter().position(|(its, _)| *its == ticket))?;
        let value = self.places.get_mut(index)?.1.take()?;
        self.empty += 1;
        self.tidy();
        Some(value)
    }

    /// Takes the first value if it `is_wanted`.
    pub(crate) fn take_first_if(&mut self, is_wanted: impl FnOnce(&T) -> bool) -> Option<T> {
        self.first().filter(|first| is_wanted(first))?;
        let (_, value) = self.places.pop_front()?;
        self.tidy();
        value
    }

    /// Takes all values that are wanted.
    pub(crate) fn take_all(&mut self, is_wanted: &dyn Fn(&T) -> bool) -> Vec<T> {
        let mut taken = Vec::new();
        let places = std::mem::take(&mut self.places);
        for (ticket, value) in places {
            match value {
                Some(value) if is_wanted(&value) => taken.push(value),
                Some(value) => self.places.push_back((ticket, Some(value))),
                None => {}
            }
        }
        self.empty = 0;
        taken
    }

    /// Returns the value of the first ticket.
    pub(crate) fn first(&self) -> Option<&T> {
        self.places.front().and_then(|(_, value)| value.as_ref())
    }

    /// Returns all values, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.places.iter().filter_map(|(_, value)| value.as_ref())
    }

    /// Returns all values to change them, in order.
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.places.iter_mut().filter_map(|(_, value)| value.as_mut())
    }

    /// Returns the number of values.
    pub(crate) fn len(&self) -> usize {
        self.places.len() - self.empty
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Removes empty places at the front, and all of them if they are the majority.
    fn tidy(&mut self) {
        while self.places.front().is_some_and(|(_, value)| value.is_none()) {
            self.places.pop_front();
            self.empty -= 1;
        }
        if self.empty > FEW && self.empty > self.places.len() / 2 {
            self.places.retain(|(_, value)| value.is_some());
            self.empty = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(tickets: u32) -> TicketQueue<u32> {
        let mut queue = TicketQueue::default();
        (0..tickets).for_each(|number| queue.push(Ticket(number), number));
        queue
    }

    // Scenario 106.
    #[test]
    fn each_ticket_is_found_once_in_whatever_order() {
        let orders: [fn(u32) -> u32; 4] = [|n| n, |n| 999 - n, |n| (n * 7) % 1000, |n| n ^ 1];
        for order in orders {
            let mut queue = filled(1000);
            for number in (0..1000).map(order) {
                assert_eq!(queue.take(Ticket(number)), Some(number));
                assert_eq!(queue.take(Ticket(number)), None);
                assert_eq!(queue.first(), queue.iter().next());
                assert_eq!(queue.len(), queue.iter().count());
            }
            assert!(queue.is_empty() && queue.empty == 0);
        }
    }

    #[test]
    fn a_ticket_that_was_drawn_before_is_found_and_so_are_those_after_it() {
        for late in 0..5 {
            for taken in [None, Some(0), Some(2), Some(4)] {
                let mut queue = TicketQueue::default();
                (0..5).filter(|number| *number != late).for_each(|number| queue.push(Ticket(number), number));
                let gone = taken.filter(|taken| *taken != late);
                gone.map(|taken| queue.take(Ticket(taken)));
                queue.push(Ticket(late), late);
                assert_eq!(queue.first(), queue.iter().next());
                for number in (0..5).filter(|number| gone != Some(*number)) {
                    assert_eq!(queue.take(Ticket(number)), Some(number), "{late} after {gone:?}");
                }
                assert!(queue.is_empty());
            }
        }
    }

    #[test]
    fn one_that_waits_for_ever_does_not_make_the_queue_grow() {
        let mut queue = filled(1);
        for number in 1..10_000 {
            queue.push(Ticket(number), number);
            queue.take(Ticket(number));
        }
        assert!(queue.places.len() <= 2 * FEW + 2, "{}", queue.places.len());
        assert_eq!(queue.first(), Some(&0));
    }

    #[test]
    fn empty_places_are_removed_where_they_are_many_and_the_majority() {
        for (tickets, taken, kept) in
            [(1_000, 33, 1_000), (40, 21, 40), (64, 33, 31), (66, 33, 66), (66, 34, 32)]
        {
            let mut queue = filled(tickets);
            (1..=taken).for_each(|number| {
                queue.take(Ticket(number));
            });
            assert_eq!(queue.places.len(), kept, "{taken} of {tickets}");
        }
    }

    #[test]
    fn the_first_and_all_that_are_wanted_are_taken() {
        let mut queue = filled(10);
        queue.take(Ticket(1));
        assert_eq!(queue.take_first_if(|first| *first > 0), None);
        assert_eq!(queue.take_first_if(|first| *first == 0), Some(0));
        assert_eq!(queue.first(), Some(&2));
        assert_eq!(queue.take_all(&|value| value % 2 == 0), [2, 4, 6, 8]);
        assert_eq!(queue.iter().copied().collect::<Vec<_>>(), [3, 5, 7, 9]);
        assert_eq!(queue.take(Ticket(5)), Some(5));
    }
}
