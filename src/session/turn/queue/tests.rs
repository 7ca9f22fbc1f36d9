use super::*;
use crate::session::turn::Refreshing;

const NOW: Moment = Moment::new(1_000_000, 0);
const BOUND: Millis = Millis::from_secs(15);

fn attempt(number: u64) -> AttemptId {
    AttemptId::draw(&mut || number)
}

fn login() -> Task {
    Task::Login { ticket: Ticket(1) }
}

fn sign_out(tickets: &[u32], urge: Urge) -> Task {
    Task::SignOut { tickets: tickets.iter().copied().map(Ticket).collect(), urge }
}

/// Returns a queue with a requested turn.
fn asked(task: Task) -> Queue {
    let mut queue = Queue::default();
    queue.ask(attempt(1), task, BOUND, NOW);
    queue
}

/// Returns a queue with a request in flight.
fn busy(task: Task) -> Queue {
    let mut queue = asked(task);
    if let Some(turn) = &mut queue.current {
        let sent = match &turn.task {
            Task::Refresh => OnWire::Refresh(refreshing()),
            Task::Login { .. } => OnWire::Login,
            Task::SignOut { .. } => OnWire::SignOut { tells: None, carries_token: false },
        };
        turn.send(sent, BOUND, NOW);
    }
    queue
}

fn refreshing() -> Refreshing {
    Refreshing { id: attempt(1), number: 1, under: None, began: NOW, is_inert: false }
}

#[test]
fn what_is_on_the_wire_is_told_apart_from_what_was_asked_for() {
    let sign_out = || sign_out(&[], Urge::First);
    let said = |queue: &Queue| {
        [
            queue.runs_login(),
            queue.is_writing(),
            queue.refresh_is_out(),
            queue.refresh_is_coming(),
            queue.has_sign_out(),
        ]
    };
    for (queue, expected) in [
        (Queue::default(), [false; 5]),
        (asked(login()), [false; 5]),
        (busy(login()), [true, true, false, false, false]),
        (asked(Task::Refresh), [false, false, false, true, false]),
        (busy(Task::Refresh), [false, true, true, true, false]),
        (asked(sign_out()), [false, false, false, false, true]),
        (busy(sign_out()), [false, true, false, false, true]),
    ] {
        assert_eq!(said(&queue), expected, "{queue:?}");
        assert_eq!(queue.busy_refresh(), expected[2].then(|| attempt(1)), "{queue:?}");
        assert_eq!(queue.in_flight().len(), usize::from(expected[2]), "{queue:?}");
    }
    let mut waiting = busy(login());
    waiting.add_sign_out(Vec::new(), Urge::Pursuit);
    assert!(waiting.has_sign_out());
    let mut inert = busy(Task::Refresh);
    inert.turn_inert();
    assert!(inert.has_inert() && inert.refresh_is_out() && !inert.refresh_is_coming());
}

#[test]
fn it_is_quiet_where_nothing_waits_is_out_or_may_be_answered() {
    assert!(Queue::default().is_quiet());
    let mut waiting = Queue::default();
    waiting.add_sign_out(Vec::new(), Urge::First);
    let mut late = busy(Task::Refresh);
    late.give_up();
    let mut stray = busy(Task::Refresh);
    stray.give_up();
    stray.turn_inert();
    for queue in [asked(Task::Refresh), waiting, late, stray] {
        assert!(!queue.is_quiet(), "{queue:?}");
    }
}

#[test]
fn an_answer_is_worth_what_its_epoch_and_its_time_make_of_it() {
    let settled = |queue: &mut Queue| queue.settle(attempt(1)).0;
    let mut in_time = busy(Task::Refresh);
    let mut inert = busy(Task::Refresh);
    inert.turn_inert();
    let mut late = busy(Task::Refresh);
    late.give_up();
    let mut stray = busy(Task::Refresh);
    stray.turn_inert();
    stray.give_up();
    let sent =
        SentRefresh { attempt: attempt(1), id: attempt(1), under: None, number: 1, began: NOW, login: None };
    assert!(!late.has_inert() && stray.has_inert());
    assert_eq!(settled(&mut in_time), Settled::InTime(sent));
    assert_eq!(settled(&mut inert), Settled::Inert(sent));
    assert_eq!(settled(&mut late), Settled::Late(sent));
    assert_eq!(settled(&mut stray), Settled::Stray(sent));
    for mut queue in [in_time, inert, late, stray] {
        assert!(queue.is_quiet() && !queue.has_inert());
        assert_eq!(settled(&mut queue), Settled::Unknown, "each once");
    }
}

#[test]
fn what_a_sign_out_is_compared_with_is_of_no_session_once_it_is_given_up() {
    let mut queue = busy(sign_out(&[], Urge::First));
    if let Some(turn) = &mut queue.current {
        turn.send(OnWire::Comparison { refreshing: refreshing(), tells: None }, BOUND, NOW);
    }
    queue.give_up();
    assert_eq!((queue.late().len(), queue.stray().len()), (0, 1));
}

#[test]
fn a_handful_of_refreshes_is_remembered_that_were_given_up_on() {
    let mut queue = Queue::default();
    for number in 0..20 {
        queue.ask(attempt(number), Task::Refresh, BOUND, NOW);
        if let Some(turn) = &mut queue.current {
            turn.send(OnWire::Refresh(refreshing()), BOUND, NOW);
        }
        queue.give_up();
        if number == 9 {
            queue.turn_inert();
        }
    }
    let first = |sent: Vec<SentRefresh>| (sent.len(), sent.first().map(|sent| sent.attempt));
    assert_eq!(first(queue.late().to_vec()), (8, Some(attempt(12))));
    assert_eq!(first(queue.stray().to_vec()), (8, Some(attempt(2))));
    queue.turn_inert();
    assert_eq!(first(queue.stray().to_vec()), (8, Some(attempt(12))));
    assert_eq!(queue.in_flight().len(), 8);
}

#[test]
fn sign_outs_that_wait_are_one_and_what_has_not_begun_is_cancelled() {
    let mut queue = busy(login());
    queue.add_sign_out(vec![Ticket(2)], Urge::Pursuit);
    queue.add_sign_out(vec![Ticket(3)], Urge::First);
    queue.add_sign_out(vec![], Urge::Pursuit);
    assert_eq!(queue.waiting, [sign_out(&[2, 3], Urge::First)]);
    let is_sign_out = |task: &Task| matches!(task, Task::SignOut { .. });
    assert_eq!(queue.cancel(is_sign_out), (vec![Ticket(2), Ticket(3)], None));
    assert_eq!(queue.cancel(|_| true), (vec![], None), "the login has begun");
    assert_eq!(asked(login()).cancel(|_| true), (vec![Ticket(1)], Some(attempt(1))));
    assert_eq!(asked(login()).cancel(is_sign_out), (vec![], None));
}

#[test]
fn a_login_is_found_while_it_runs_and_counts_until_it_is_overtaken() {
    let of = |number| SentRefresh {
        attempt: attempt(number),
        id: attempt(number),
        under: None,
        number: 0,
        began: NOW,
        login: Some(Ticket(number as u32)),
    };
    let mut queue = Queue::default();
    queue.logins.push(of(1));
    queue.add_stray(of(2));
    let found = [1, 2, 3].map(|number| queue.login(Ticket(number)).map(|sent| sent.attempt));
    assert_eq!(found, [Some(attempt(1)), Some(attempt(2)), None]);
    assert_eq!([1, 1, 2].map(|number| queue.take_login(attempt(number))), [true, false, false]);
    assert_eq!(queue.login(Ticket(1)).map(|sent| sent.attempt), None);
    // The oldest is dropped.
    (3..=10).for_each(|number| queue.add_stray(of(number)));
    assert_eq!(queue.stray().len(), MOST_LATE);
    assert_eq!(queue.stray()[0].attempt, attempt(3));
    assert!(queue.has_inert() && !queue.is_quiet() && queue.is_ours(attempt(10)));
    assert!(matches!(queue.settle(attempt(10)).0, Settled::Stray(sent) if sent.attempt == attempt(10)));
}
