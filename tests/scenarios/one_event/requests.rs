//! What a caller gets whose token was rejected, or who wants one meanwhile.

use silent_session::session::{AccessToken, Audience, Event, Generation, Grant, Ticket};

use super::*;

fn path() -> Audience {
    Audience::new("https://api.test", "/")
}

/// The token in hand is rejected by an API.
fn rejected(one: &mut One, ticket: u32) -> Vec<Command> {
    let Status::Active { epoch, generation, .. } = one.session.status() else { panic!("signed in") };
    one.happens(Event::TokenRejected { ticket: Ticket(ticket), epoch, generation, audience: path() })
}

/// Somebody wants another token than the one in hand.
fn wants_another(one: &mut One, ticket: u32) -> Vec<Command> {
    let Status::Active { grant, .. } = one.session.status() else { panic!("signed in") };
    let not = Some(grant.token);
    one.happens(Event::TokenWanted { ticket: Ticket(ticket), not, min_validity: Millis::ZERO })
}

/// The refresh that was asked for is sent, and settles.
fn refreshed(one: &mut One, token: Option<&str>) {
    let attempt = one.turn.expect("it asks for the lock");
    one.happens(Event::LockGranted { attempt, contended: false });
    let failure = RefreshFailure::Unavailable { status: Some(503), retry_after: None };
    let grant = |token| Grant { token: AccessToken::new(token), ..one.grant() };
    let outcome = token.map(grant).ok_or(failure);
    one.happens(Event::RefreshSettled { attempt, outcome, echoes: false });
}

fn is_answered(commands: &[Command], ticket: u32) -> Option<bool> {
    commands.iter().find_map(|command| match command {
        Command::Answer { ticket: its, answer } if *its == Ticket(ticket) => Some(answer.is_ok()),
        _ => None,
    })
}

#[test]
fn what_is_stored_is_read_for_the_first_rejection_of_a_token_and_for_no_other() {
    let mut one = One::signed_in(Config::default());
    let Status::Active { epoch, generation, .. } = one.session.status() else { panic!("signed in") };
    let reads = |one: &One, generation| {
        let ticket = Ticket(9);
        one.session.needs_storage(&Event::TokenRejected { ticket, epoch, generation, audience: path() })
    };
    let other = Generation(generation.0 + 1);
    assert_eq!([generation, other].map(|its| reads(&one, its)), [true, false]);
    rejected(&mut one, 1);
    assert_eq!([generation, other].map(|its| reads(&one, its)), [false, false], "it is known to be rejected");
}

#[test]
fn what_is_rejected_while_the_refresh_is_out_waits_for_it_whatever_others_have_spent() {
    let mut one = One::signed_in(Config::default());
    rejected(&mut one, 1);
    one.hears_of_refreshes(Budget::Rejected, 40);
    assert_eq!(is_answered(&rejected(&mut one, 2), 2), None);
    refreshed(&mut one, Some("another"));
    assert_eq!(is_answered(&rejected(&mut one, 3), 3), Some(false), "nothing is left for another one");
}

#[test]
fn a_sign_in_gives_back_what_rejections_have_cost_and_nothing_else() {
    for is_rejected in [false, true] {
        let mut one = One::signed_in(Config::default());
        if is_rejected {
            rejected(&mut one, 1);
            refreshed(&mut one, Some("another"));
        }
        let commands = one.happens(Event::SignedIn { ticket: Ticket(2), grant: one.grant() });
        let charged = |command: &Command| matches!(command, Command::Note(Note::Charged(_)));
        assert_eq!(commands.iter().any(charged), is_rejected);
    }
}

#[test]
fn a_rejected_token_will_do_for_others_unless_its_successor_is_on_the_way() {
    for defers in [false, true] {
        a_rejected_token_will_do(Config { defers, ..Config::default() });
    }
}

fn a_rejected_token_will_do(config: Config) {
    let mut one = One::signed_in(config);
    rejected(&mut one, 1);
    // A worker asks the pages first.
    one.runs(600);
    let wanted =
        |ticket| Event::TokenWanted { ticket: Ticket(ticket), not: None, min_validity: Millis::ZERO };
    assert_eq!(is_answered(&one.happens(wanted(2)), 2), None, "it is asked for");
    refreshed(&mut one, None);
    for ticket in [1, 2] {
        one.happens(Event::Withdrawn { ticket: Ticket(ticket) });
    }
    assert_eq!(is_answered(&one.happens(wanted(3)), 3), Some(true), "the refresh has failed");
}

#[test]
fn a_token_that_has_lived_for_a_while_gets_the_benefit_of_the_doubt() {
    // Whether the token that was rejected right after it had come has a successor, and how long the last one has lived.
    for (is_renewed, lived, is_replaced) in [(true, 100, true), (true, 5_000, true), (false, 5_000, false)] {
        let mut one = One::signed_in(Config::default());
        wants_another(&mut one, 1);
        refreshed(&mut one, Some("second"));
        one.runs(100);
        assert_eq!(is_answered(&wants_another(&mut one, 2), 2), Some(false), "it is brand-new");
        // What the app asks for by itself brings a third one.
        if is_renewed {
            one.wants_renewal(3);
            refreshed(&mut one, Some("third"));
        }
        one.runs(lived);
        let answer = is_answered(&wants_another(&mut one, 4), 4);
        assert_eq!(answer, if is_replaced { None } else { Some(false) }, "{is_renewed}, {lived} ms");
    }
}
