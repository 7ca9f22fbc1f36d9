//! Turns at the wire by Web Locks, in a page and in a dedicated worker alike.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::Promise;
use silent_session::browser::sign_in;
use silent_session::session::{Config, Millis, Status};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use wasm_bindgen_test::wasm_bindgen_test;

use super::clock::Stopped;
use super::fake::{FakeServer, PAGE, Page, now, turn, until};
use super::others::{Peer, message, text};
use super::web_locks::{OtherLock, Spy, until_locks};

/// The auth origin of a test, and its lock: written out, for the name is frozen.
fn auth(name: &str) -> (String, String) {
    (format!("{PAGE}/{name}"), format!("silent-session:{PAGE}/{name}"))
}

/// With a short patience for whoever holds the lock. Not so short that a busy machine makes a sleep of a late timer.
fn impatient() -> Config {
    let short = Millis::from_secs(1);
    Config { timeout: short, lock_timeout: short, ..Config::default() }
}

#[wasm_bindgen_test]
async fn a_free_lock_costs_one_question_and_nobody_is_asked_for_a_token_again() {
    let (peer, spy) = (Peer::of("uncontended"), Spy::new());
    let _page = Page::active("uncontended").await;
    let (_, lock) = auth("uncontended");
    assert_eq!(spy.asked(), format!("{lock} ifAvailable"));
    until_locks(&lock, 0.0, 0.0).await;
    peer.ask().await;
    assert_eq!(peer.count("hello"), 1);
}

#[wasm_bindgen_test]
async fn the_lock_is_held_while_a_refresh_is_on_the_wire_and_no_longer() {
    let page = Page::start("held", FakeServer::holding(), Config::default());
    let (_, lock) = auth("held");
    page.has_sent(1).await;
    until_locks(&lock, 1.0, 0.0).await;
    assert_eq!(page.published.borrow().len(), 0);
    page.server.let_go();
    page.is_active().await;
    until_locks(&lock, 0.0, 0.0).await;
}

#[wasm_bindgen_test]
async fn sessions_of_any_name_wait_for_each_other_at_one_auth_origin() {
    let (origin, lock) = auth("any-name");
    let one = Page::start_at(&origin, "any-name-1", FakeServer::holding(), Config::default());
    one.has_sent(1).await;
    let two = Page::start_at(&origin, "any-name-2", FakeServer::new(), Config::default());
    until_locks(&lock, 1.0, 1.0).await;
    assert_eq!(two.server.count("/auth/refresh"), 0);
    one.server.let_go();
    two.is_active().await;
    assert!(one.token_in_hand().is_some());
    until_locks(&lock, 0.0, 0.0).await;
}

// Scenario 21.
#[wasm_bindgen_test]
async fn sessions_of_different_auth_origins_do_not_wait_for_each_other() {
    let one = Page::start("origin-1", FakeServer::holding(), Config::default());
    one.has_sent(1).await;
    Page::active("origin-2").await;
    assert_eq!(one.published.borrow().len(), 0);
    one.server.let_go();
    one.is_active().await;
}

#[wasm_bindgen_test]
async fn after_a_contended_grant_the_others_are_asked_and_what_they_have_is_enough() {
    let (_, lock) = auth("contended");
    let (peer, holder) = (Peer::of("contended"), OtherLock::here(&lock).holds().await);
    let page = Page::start("contended", FakeServer::new(), Config::default());
    until_locks(&lock, 1.0, 1.0).await;
    peer.hears("hello").await;
    let clock = Stopped::now();
    holder.let_go();
    until("the others are asked", || peer.count("hello") == 2).await;
    peer.say(&message("token"));
    page.is_active().await;
    until_locks(&lock, 0.0, 0.0).await;
    drop(clock);
    assert_eq!(page.server.count(""), 0);
    page.driver.close();
}

#[wasm_bindgen_test]
async fn after_a_contended_grant_without_an_answer_a_refresh_is_sent() {
    let (_, lock) = auth("unanswered");
    let holder = OtherLock::here(&lock).holds().await;
    let page = Page::start("unanswered", FakeServer::new(), Config::default());
    until_locks(&lock, 1.0, 1.0).await;
    let began = now();
    holder.let_go();
    page.has_sent(1).await;
    assert!(now() - began >= 95.0, "not waited for: {} ms", now() - began);
    page.is_active().await;
}

#[wasm_bindgen_test]
async fn a_request_that_nobody_needs_any_more_is_withdrawn() {
    let (_, lock) = auth("withdrawn");
    let holder = OtherLock::here(&lock).holds().await;
    let waiting = || async {
        let page = Page::start("withdrawn", FakeServer::new(), Config::default());
        until_locks(&lock, 1.0, 1.0).await;
        page
    };
    // Closed.
    let page = waiting().await;
    page.driver.close();
    until_locks(&lock, 1.0, 0.0).await;
    // Held by nobody.
    drop(waiting().await);
    until_locks(&lock, 1.0, 0.0).await;
    // Handed a token.
    let page = waiting().await;
    Peer::of("withdrawn").say(&message("token"));
    page.is_active().await;
    until_locks(&lock, 1.0, 0.0).await;
    page.driver.close();
    holder.let_go();
    until_locks(&lock, 0.0, 0.0).await;
    assert_eq!(page.server.count(""), 0);
}

#[wasm_bindgen_test]
async fn a_lock_that_is_granted_to_a_closed_session_is_given_back_at_once() {
    let (_, lock) = auth("too-late");
    let page = Page::start("too-late", FakeServer::new(), Config::default());
    page.driver.close();
    let holder = OtherLock::here(&lock).holds().await;
    holder.let_go();
    until_locks(&lock, 0.0, 0.0).await;
    assert_eq!(page.server.count(""), 0);
}

/// Lets time pass, in steps that are no sleep to a session which waits for the lock: it looks who has it at each.
async fn pass(clock: &Stopped, spy: &Spy, steps: u32) {
    for _ in 0..steps {
        let looks = spy.looks();
        clock.advance(STEP);
        until("the session looks who has the lock", || spy.looks() > looks).await;
        JsFuture::from(turn()).await.unwrap();
    }
}

/// Shorter than the gap that counts as a sleep: a quarter of the patience of [`impatient`].
const STEP: f64 = 200.0;

#[wasm_bindgen_test]
async fn a_holder_that_gives_no_sign_of_life_loses_the_lock() {
    let (_, lock) = auth("frozen");
    let (holder, spy) = (OtherLock::elsewhere(&lock).holds().await, Spy::new());
    let page = Page::start("frozen", FakeServer::new(), impatient());
    // In a worker it asks the others first.
    until("the session has looked who has the lock", || spy.looks() == 1).await;
    let clock = Stopped::now();
    let behind = OtherLock::here(&lock);
    // A quarter longer than anybody who lives would have it, and jitter of up to a quarter of that: 1,250 to 1,563 ms.
    pass(&clock, &spy, 6).await;
    let asked = format!("{lock} ifAvailable, {lock} signal");
    assert_eq!((spy.asked(), holder.state()), (asked.clone(), "holds".into()));
    pass(&clock, &spy, 1).await;
    if spy.asked() == asked {
        pass(&clock, &spy, 1).await;
    }
    assert_eq!(spy.asked(), asked + &format!(", {lock} steal"));
    until("the holder hears of it", || holder.state() == "AbortError").await;
    // Without a jump: whoever has slept gives the lock back.
    clock.resume();
    page.is_active().await;
    // Who waited goes on waiting, and gets it.
    let behind = behind.holds().await;
    behind.let_go();
    until_locks(&lock, 0.0, 0.0).await;
    assert!(page.driver.inspect().shares_lock);
    holder.kill();
}

/// Has two take turns at the lock while a session waits for it, for longer than it waits for one of them.
async fn is_not_robbed(name: &str, ask: fn(&str) -> OtherLock) {
    let (_, lock) = auth(name);
    let (first, spy) = (ask(&lock).holds().await, Spy::new());
    let second = ask(&lock);
    until_locks(&lock, 1.0, 1.0).await;
    let page = Page::start(name, FakeServer::new(), impatient());
    until("the session has looked who has the lock", || spy.looks() == 1).await;
    let clock = Stopped::now();
    pass(&clock, &spy, 5).await;
    first.let_go();
    let second = second.holds().await;
    pass(&clock, &spy, 6).await;
    assert_eq!(spy.asked(), format!("{lock} ifAvailable, {lock} signal"));
    assert_eq!((second.state(), page.server.count("")), ("holds".into(), 0));
    drop(clock);
    second.let_go();
    page.is_active().await;
    until("the second has let go by itself", || second.state() == "released").await;
}

#[wasm_bindgen_test]
async fn a_queue_that_moves_is_not_robbed() {
    is_not_robbed("moving", OtherLock::elsewhere).await;
}

#[wasm_bindgen_test]
#[ignore = "who holds the lock is told by the client id, which all sessions of a page share"]
async fn a_queue_that_moves_within_one_page_is_not_robbed() {
    is_not_robbed("moving-here", OtherLock::here).await;
}

// Scenario 34.
#[wasm_bindgen_test]
async fn the_lock_of_a_tab_that_is_killed_is_free() {
    let (_, lock) = auth("killed");
    let holder = OtherLock::elsewhere(&lock).holds().await;
    let page = Page::start("killed", FakeServer::new(), Config::default());
    until_locks(&lock, 1.0, 1.0).await;
    holder.kill();
    page.is_active().await;
}

#[wasm_bindgen_test]
async fn who_has_lost_the_lock_goes_on_when_it_is_answered() {
    let (origin, lock) = auth("victim");
    let victim = Page::start_at(&origin, "victim-1", FakeServer::holding(), Config::default());
    victim.has_sent(1).await;
    let thief = Page::start_at(&origin, "victim-2", FakeServer::new(), impatient());
    thief.is_active().await;
    victim.server.let_go();
    victim.is_active().await;
    // Its next turn is by the same lock.
    let spy = Spy::new();
    victim.driver.renew().await.unwrap();
    assert_eq!(spy.asked(), format!("{lock} ifAvailable"));
    assert!(victim.driver.inspect().shares_lock);
    until_locks(&lock, 0.0, 0.0).await;
}

#[wasm_bindgen_test]
async fn a_login_runs_when_its_turn_has_come_and_holds_the_lock_meanwhile() {
    let (_, lock) = auth("login");
    let holder = OtherLock::here(&lock).holds().await;
    let page = Page::start("login", FakeServer::new(), Config { restore: false, ..Config::default() });
    let mut answer = None;
    let answered = Promise::new(&mut |resolve, _| answer = Some(resolve));
    let runs = Rc::new(Cell::new(false));
    let (driver, running) = (page.driver.clone(), runs.clone());
    let log_in = move || {
        running.set(true);
        JsFuture::from(answered)
    };
    let signing_in = future_to_promise(async move {
        let outcome = sign_in(&driver, log_in).await;
        outcome.map(|()| JsValue::UNDEFINED).map_err(|failure| format!("{failure:?}").into())
    });
    until_locks(&lock, 1.0, 1.0).await;
    assert!(!runs.get());
    holder.let_go();
    until("the login runs", || runs.get()).await;
    until_locks(&lock, 1.0, 0.0).await;
    answer.unwrap().call1(&JsValue::UNDEFINED, &page.server.token().into()).unwrap();
    JsFuture::from(signing_in).await.unwrap();
    assert!(matches!(page.status(), Some(Status::Active { elsewhere: false, .. })));
    until_locks(&lock, 0.0, 0.0).await;
}

#[wasm_bindgen_test]
async fn a_token_that_is_handed_over_while_the_lock_is_waited_for_serves_who_waits() {
    let (_, lock) = auth("served");
    let _holder = OtherLock::here(&lock).holds().await;
    let page = Rc::new(Page::start("served", FakeServer::new(), Config::default()));
    let asking = page.clone();
    let waiting = future_to_promise(async move {
        let answer = asking.token().await;
        answer.map(|it| it.token.reveal().into()).map_err(|denial| format!("{denial:?}").into())
    });
    until_locks(&lock, 1.0, 1.0).await;
    Peer::of("served").say(&message("token"));
    page.is_active().await;
    assert_eq!(JsFuture::from(waiting).await, Ok(text(&message("token"), "token").into()));
    until_locks(&lock, 1.0, 0.0).await;
    page.driver.close();
}
