use super::*;
use crate::session::{AccessToken, EpochId, Fingerprint, Grant, Offer};

const NOW: Moment = Moment::new(1_000_000, 0);

fn tab(number: u64) -> TabId {
    TabId::draw(&mut || number)
}

fn peers(siblings: &[u64]) -> Tabs {
    let mut peers = Tabs::new(tab(0));
    siblings.iter().for_each(|number| peers.heard(NOW, tab(*number), &PeerMessage::Here));
    peers
}

#[test]
fn a_question_is_over_when_all_have_answered() {
    let mut peers = peers(&[1, 2]);
    peers.ask(NOW, true);
    peers.heard(NOW, tab(3), &PeerMessage::Here);
    peers.heard(NOW, tab(1), &PeerMessage::Here);
    assert!(peers.answer_wait(NOW).is_some());
    peers.forget(tab(2));
    assert_eq!(peers.answer_wait(NOW), None);
}

#[test]
fn who_does_not_answer_in_time_is_not_waited_for_again() {
    let mut peers = peers(&[1, 2]);
    peers.ask(NOW, true);
    peers.heard(NOW, tab(1), &PeerMessage::Here);
    let later = Moment::new(1_000_100, 100);
    peers.look(later);
    assert_eq!(peers.answer_wait(later), None);
    assert_eq!(peers.siblings(), [tab(1)]);
}

#[test]
fn a_question_of_another_tab_is_not_waited_for_and_tells_who_is_there() {
    let mut peers = peers(&[1, 2]);
    peers.overhear(NOW);
    assert_eq!(peers.answer_wait(NOW), None);
    peers.heard(NOW, tab(1), &PeerMessage::Here);
    peers.look(Moment::new(1_000_100, 100));
    assert_eq!(peers.siblings(), [tab(1)]);
}

#[test]
fn where_nobody_is_known_one_waits_for_anybody() {
    let mut peers = peers(&[]);
    peers.ask(NOW, true);
    peers.heard(NOW, tab(1), &PeerMessage::Here);
    assert_eq!(peers.answer_wait(NOW), Some(ANSWER_PATIENCE));
}

// Scenario 105.
#[test]
fn few_tabs_all_reply_and_of_many_the_one_that_spoke_last() {
    let owes = |peers: &mut Tabs| !peers.owe(Debt::State, NOW, &mut || 0);
    assert!(!owes(&mut peers(&[1, 2, 3, 4])));
    let mut many = peers(&[1, 2, 3, 4, 5]);
    assert!(owes(&mut many));
    many.replies.spoke(many.me, Moment::new(999_000, -1_000));
    assert!(!owes(&mut many));
    many.forget(tab(0));
    assert!(owes(&mut many));
    // Back from the cache, the page assumes that the others are still there, until it has asked.
    many.forget_all();
    assert!(many.siblings().is_empty() && owes(&mut many));
    many.ask(NOW, true);
    many.look(Moment::new(1_000_100, 100));
    assert!(!owes(&mut many));
}

#[test]
fn each_of_many_replies_in_its_place() {
    for (me, place) in [(1, 0), (3, 2), (6, 5)] {
        let mut many = peers(&[1, 2, 3, 4, 5, 6]);
        many.forget(tab(me));
        many.me = tab(me);
        assert!(!many.owe(Debt::State, NOW, &mut || 0));
        assert_eq!(many.replies.wait(NOW), Some(Millis::new(8 * place + 1)), "{me}");
        assert!(!many.replies.is_empty());
        many.forget_all();
        assert!(many.replies.is_empty());
    }
}

// Scenario 135.
#[test]
fn who_replies_for_a_crowd_knows_it_afterwards_and_who_is_one_of_few_learns_who_is_gone() {
    let later = Moment::new(1_000_200, 200);
    for (siblings, replies, known) in
        [(&[1, 2, 3, 4, 5][..], true, 5), (&[1, 2, 3, 4, 5], false, 0), (&[1, 2, 3, 4], true, 0)]
    {
        let mut peers = peers(siblings);
        peers.overhear(NOW);
        if replies {
            peers.replied(NOW);
        }
        peers.look(later);
        assert_eq!(peers.siblings().len(), known, "{siblings:?}, {replies}");
    }
    // A reply of its own does not count for a question of its own.
    let mut asking = peers(&[1, 2, 3, 4, 5]);
    asking.ask(NOW, true);
    asking.replied(NOW);
    asking.look(later);
    assert_eq!(asking.siblings().len(), 0);
}

#[test]
fn one_reply_of_many_ends_a_question_unless_a_token_is_known_to_be_there() {
    let began = PeerMessage::Began(Fingerprint {
        epoch: EpochId::draw(&mut || 1, 0, None),
        subject: None,
        person: None,
    });
    for (message, is_news, is_over) in
        [(PeerMessage::Here, false, false), (began.clone(), false, true), (began, true, false)]
    {
        let mut peers = peers(&[1, 2, 3, 4, 5]);
        peers.ask(NOW, true);
        if is_news {
            peers.be_patient(NOW);
        }
        peers.heard(NOW, tab(1), &message);
        assert_eq!(peers.answer_wait(NOW).is_none(), is_over, "{message:?}, {is_news}");
        peers.look(Moment::new(1_001_000, 1_000));
        assert_eq!(peers.siblings().len(), 5, "who keeps silent is not gone");
    }
}

#[test]
fn a_bounded_number_is_remembered() {
    let numbers: Vec<u64> = (1..200).collect();
    assert_eq!(peers(&numbers).siblings().len(), MOST_SIBLINGS);
}

#[test]
fn a_token_keeps_its_age_from_tab_to_tab_whatever_their_clocks_show() {
    let grant = Grant {
        token: AccessToken::new("t"),
        received: Moment::new(940_000, -60_000),
        lifetime: Some(Millis::from_secs(900)),
        subject: None,
    };
    let offer = Offer::of(&grant, EpochId::draw(&mut || 1, 0, None), NOW);
    assert_eq!(offer.age, Millis::from_secs(60));
    // Another tab, whose monotonic clock began elsewhere, was frozen for ten seconds.
    let there = Moment::new(1_010_000, 7_777_777);
    let handed_over = offer.clone().grant(there);
    assert_eq!(there.since(handed_over.received), Millis::from_secs(70));
    // If a clock was set back in the meantime, the token is no younger than when it was sent.
    let set_back = Moment::new(500_000, 7_777_777);
    assert_eq!(set_back.since(offer.grant(set_back).received), Millis::from_secs(60));
}
