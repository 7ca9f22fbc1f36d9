use super::*;
use crate::session::markers::refresh_marker::MarkerState;

const GAP: Millis = Millis::from_secs(30);

fn at(ms: i64) -> Moment {
    Moment::new(1_000_000 + ms, ms)
}

fn turn(task: Task) -> Turn {
    Turn::ask(AttemptId::draw(&mut || 1), task, Millis::from_secs(15), at(0))
}

fn ms(ms: u64) -> Millis {
    Millis::new(ms)
}

fn refreshing() -> Refreshing {
    let id = AttemptId::draw(&mut || 1);
    Refreshing { id, number: 1, under: None, began: at(7), is_inert: false }
}

#[test]
fn a_refresh_is_out_while_one_is_on_the_wire_and_while_a_sign_out_is_compared_with_one() {
    let comparison = OnWire::Comparison { refreshing: refreshing(), tells: None };
    let sign_out = OnWire::SignOut { tells: None, carries_token: false };
    for (sent, compares, is_out) in [
        (OnWire::Refresh(refreshing()), false, true),
        (OnWire::Login, false, false),
        (sign_out, false, false),
        (comparison, true, true),
    ] {
        let mut turn = turn(Task::Refresh);
        turn.turn_inert();
        assert!(!turn.is_busy() && !turn.is_inert(), "it has not begun");
        let case = format!("{sent:?}");
        turn.send(sent, GAP, at(7));
        assert!(turn.is_busy() && !turn.is_locking() && !turn.is_held() && !turn.is_inert(), "{case}");
        turn.turn_inert();
        let said = (turn.compares(), turn.refreshing().is_some(), turn.is_inert());
        assert_eq!(said, (compares, is_out, is_out), "{case}");
    }
}

#[test]
fn a_turn_reads_again_once_it_has_the_lock() {
    let mut turn = turn(Task::Refresh);
    turn.read_again(GAP, at(0));
    assert!(turn.is_locking() && !turn.is_held());
    turn.hold(ms(100), ms(9_000), at(0));
    assert!(turn.is_held() && turn.stage == Stage::Holding { orphan: Deadline::new(at(0), ms(9_000)) });
    turn.read_again(GAP, at(1_000));
    assert!(turn.is_held() && turn.stage == Stage::Reading { orphan: Deadline::new(at(0), ms(9_000)) });
    assert_eq!(turn.next_look(at(1_000), GAP), ms(5_000));
}

#[test]
fn the_time_that_is_slept_through_does_not_count_as_waited() {
    let mut turn = turn(Task::Refresh);
    turn.look(at(4_000), GAP);
    assert_eq!(turn.next_look(at(4_000), GAP), ms(5_000));
    assert_eq!(turn.next_look(at(5_000), GAP), ms(4_000));
    assert_eq!(turn.next_look(at(10_000), GAP), Millis::ZERO);
    // A night counts as five seconds.
    turn.look(at(40_000_000), GAP);
    assert!(!turn.is_overdue());
    assert_eq!(turn.next_look(at(40_000_000), GAP), ms(5_000));
    turn.look(at(40_004_000), GAP);
    assert_eq!(turn.next_look(at(40_004_000), GAP), ms(2_000));
    turn.look(at(40_006_000), GAP);
    assert!(turn.is_overdue());
}

#[test]
fn who_has_the_lock_is_looked_at_every_five_seconds_or_twice_in_a_gap() {
    for (gap, every) in [(GAP, 5_000), (ms(6_000), 3_000)] {
        let mut turn = turn(Task::Refresh);
        assert_eq!(turn.next_look(at(0), gap), ms(every));
        for round in 1..3 {
            let then = round * every as i64;
            turn.look(at(then - 1), gap);
            assert!(!turn.is_to_be_watched(gap), "{every}");
            turn.look(at(then), gap);
            assert!(turn.is_to_be_watched(gap) && !turn.is_to_be_watched(gap), "{every}");
        }
        turn.hold(GAP, Millis::ZERO, at(20_000));
        turn.look(at(25_000), gap);
        assert!(!turn.is_to_be_watched(gap), "it has the lock");
    }
}

#[test]
fn a_turn_is_neglected_where_nobody_has_looked_for_longer_than_the_gap() {
    for (compares, gap) in [(false, 30_000), (true, 4_000)] {
        let turn = || {
            let mut turn = turn(Task::Refresh);
            if compares {
                turn.send(OnWire::Comparison { refreshing: refreshing(), tells: None }, GAP, at(0));
            }
            turn
        };
        assert!(!turn().was_neglected(at(gap), GAP) && turn().was_neglected(at(gap + 1), GAP));
        let mut seen = turn();
        seen.look(at(gap + 1), GAP);
        assert!(seen.was_neglected(at(gap + 1), GAP), "it stays so");
        let mut seen = turn();
        seen.look(at(gap), GAP);
        assert!(!seen.was_neglected(at(gap), GAP));
        assert_eq!(seen.next_look(at(gap), GAP), ms(5_000.min(gap as u64 / 2)));
    }
}

#[test]
fn an_orphan_is_waited_for_once() {
    let orphan = RefreshMarker::stray(AttemptId::draw(&mut || 2), 5);
    let mut turn = turn(Task::Refresh);
    turn.hold(ms(100), ms(9_000), at(1_000));
    assert_eq!(turn.orphan_left(at(2_000)), ms(8_000));
    assert_eq!(turn.next_look(at(1_000), GAP), ms(5_000), "the longer of the two waits");
    assert_eq!(turn.still_waits(Some(orphan), ms(9_500), at(2_000)), ms(9_500));
    turn.waited_for = Some(orphan);
    assert_eq!(turn.still_waits(Some(orphan), ms(9_500), at(2_000)), ms(8_000));
    assert_eq!(turn.still_waits(Some(orphan), ms(1), at(2_000)), ms(1));
    for other in [
        None,
        Some(RefreshMarker { sent: 6, ..orphan }),
        Some(RefreshMarker { state: MarkerState::Lost, ..orphan }),
    ] {
        assert_eq!(turn.still_waits(other, ms(9_500), at(2_000)), ms(9_500), "{other:?}");
    }
}
