//! A session object, or a caller, goes away.

use super::*;

#[test]
fn every_waiting_caller_is_answered_and_nothing_is_sent_any_more() {
    let mut world = signed_in();
    world.server.faults = vec![Fault::Slow(2_000)];
    world.server.revoke_access();
    let tickets = [world.renew(TAB), world.sign_in(TAB, "bob")];
    let request = world.fetch(TAB);
    world.run(100);
    world.close(TAB);
    world.close(TAB);
    assert_eq!(world.server.refreshes, 2, "the restoring one, and the one that is out");
    for ticket in tickets {
        assert_eq!(world.answer(TAB, ticket), Some(&Err(Denial::Closed)));
    }
    assert_eq!(refreshes(&mut world, |world| world.run(HOUR)), 0);
    assert_eq!(world.outcomes[&request], Outcome::Status(401));
    let late = world.access_token(TAB, None, 0);
    assert_eq!(world.answer(TAB, late), Some(&Err(Denial::Closed)));
    assert_eq!(world.tabs[0].session.deadline(world.moment()), None);
}

#[test]
fn a_caller_that_waits_no_longer_gets_no_answer_and_takes_nothing_along() {
    let mut world = signed_in();
    let stays = world.renew(TAB);
    let goes = world.renew(TAB);
    world.withdraw(TAB, goes);
    world.run(1_000);
    assert_eq!(world.answer(TAB, stays), Some(&Ok(Reply::Done)));
    assert_eq!(world.answer(TAB, goes), None);
}
