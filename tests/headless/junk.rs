//! What is no message of ours, or one of a later version, in a page and in a dedicated worker alike.

use js_sys::{Array, Object};
use silent_session::browser::sign_in_with;
use silent_session::session::{Config, EndReason, Status};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use super::clock::Stopped;
use super::fake::{FakeServer, Page, until};
use super::others::{ASKING, Peer, altered, junk, jwt, message, messages, spoiled, text};

const STRANGER: &str = "57a46e4057a46e4057a46e4057a46e40";

/// A session and another tab, which it has heard of, and which it will not miss: no time passes.
struct Pair {
    page: Page,
    peer: Peer,
    clock: Stopped,
}

impl Pair {
    async fn ended(name: &str) -> Self {
        let config = Config { restore: false, ..Config::default() };
        Self::of(name, Page::start(name, FakeServer::new(), config)).await
    }

    async fn active(name: &str) -> Self {
        Self::of(name, Page::active(name).await).await
    }

    async fn of(name: &str, page: Page) -> Self {
        let (clock, peer) = (Stopped::now(), Peer::of(name));
        peer.say(&message("here"));
        peer.ask().await;
        Self { page, peer, clock }
    }

    /// All that a message can change, the last answer included.
    fn state(&self) -> (usize, usize, Vec<String>, Option<String>, String) {
        let (published, sent) = (self.page.published.borrow().len(), self.page.server.count(""));
        let tabs = self.page.driver.inspect().tabs;
        (published, sent, tabs, self.page.token_in_hand(), self.peer.last_kind())
    }

    /// Has the session hear something that it must ignore: it answers nothing, and is the same as before.
    async fn ignores(&self, what: &str, said: &JsValue) {
        let (state, answers) = (self.state(), self.peer.answers());
        self.peer.say(said);
        self.peer.ask().await;
        assert!(self.state() == state, "{what} has changed something");
        assert_eq!(self.peer.answers() - answers, 1, "{what} was answered");
    }

    async fn ignores_all(&self, what: &str, messages: impl IntoIterator<Item = JsValue>) {
        for (index, said) in messages.into_iter().enumerate() {
            self.ignores(&format!("{what} {index}"), &said).await;
        }
    }

    /// Every message with one member spoiled, of a tab that is known and of one that is not.
    async fn ignores_spoiled_messages(&self) {
        for message in Object::values(&messages()).iter() {
            for from in [text(&message, "from"), STRANGER.into()] {
                let message = altered(&message, &format!(r#"{{"from":"{from}"}}"#));
                for case in spoiled(&message).iter() {
                    let case: Array = case.unchecked_into();
                    let what = format!("{}, {}", text(&message, "kind"), case.get(0).as_string().unwrap());
                    self.ignores(&what, &case.get(1)).await;
                }
            }
        }
        assert_eq!(self.page.driver.inspect().tabs, [&*text(&message("here"), "from"), ASKING]);
    }
}

/// The messages of this version, each changed by `members`.
fn changed(members: &str) -> Vec<JsValue> {
    Object::values(&messages()).iter().map(|message| altered(&message, members)).collect()
}

// Scenario 35.
#[wasm_bindgen_test]
async fn what_is_no_message_is_ignored() {
    Pair::active("junk-active").await.ignores_all("junk", junk().iter()).await;
    Pair::ended("junk-ended").await.ignores_all("junk", junk().iter()).await;
}

#[wasm_bindgen_test]
async fn a_message_with_a_member_missing_or_wrong_changes_nothing_in_a_session() {
    let pair = Pair::active("spoiled-active").await;
    pair.ignores_spoiled_messages().await;
    assert_eq!(pair.page.get("/api/me").await, 200);
    pair.page.driver.close();
}

#[wasm_bindgen_test]
async fn a_message_with_a_member_missing_or_wrong_begins_no_session() {
    let pair = Pair::ended("spoiled-ended").await;
    pair.ignores_spoiled_messages().await;
    pair.page.driver.close();
}

// Scenario 81.
#[wasm_bindgen_test]
async fn messages_of_a_later_version_are_ignored() {
    async fn are_ignored(pair: Pair) {
        pair.ignores_all("version 2", changed(r#"{"v":2}"#)).await;
        pair.ignores_all("version 2 to all", changed(r#"{"v":2,"to":[],"kind":"hello"}"#)).await;
        pair.ignores_all("a kind of version 1.1", changed(r#"{"kind":"goodbye"}"#)).await;
    }
    are_ignored(Pair::active("later-active").await).await;
    are_ignored(Pair::ended("later-ended").await).await;
}

#[wasm_bindgen_test]
async fn what_a_session_has_said_itself_is_ignored() {
    async fn are_ignored(pair: Pair) {
        let own = format!(r#"{{"from":"{}"}}"#, pair.page.driver.inspect().tab);
        pair.ignores_all("an own message", changed(&own)).await;
    }
    are_ignored(Pair::active("own-active").await).await;
    are_ignored(Pair::ended("own-ended").await).await;
}

#[wasm_bindgen_test]
async fn a_message_that_is_dated_beyond_all_bounds_is_no_crash() {
    let pair = Pair::active("bounds").await;
    pair.clock.advance(1_000.0);
    let (offered, token) = (pair.peer.last("token"), jwt(r#"{"sub":"alice"}"#));
    let of_this_session = format!(r#"{{"from":"{STRANGER}","token":"{token}"}}"#);
    let say = |members| pair.peer.say(&altered(&altered(&offered, &of_this_session), members));
    let too_old = [
        r#"{"age":1e300}"#,
        r#"{"age":1e300,"sent":1e300}"#,
        r#"{"age":9007199254740993,"lifetime":0}"#,
        // It has grown old on the way.
        r#"{"lifetime":1e300,"sent":0}"#,
        // A date more than a year ahead is none.
        r#"{"lifetime":1e300,"sent":1e300}"#,
    ];
    for members in too_old {
        say(members);
        pair.peer.ask().await;
        assert_eq!(text(&pair.peer.last("token"), "token"), text(&offered, "token"), "{members}");
    }
    // By a clock that is a day ahead: it has not been on the way at all.
    say(&format!(r#"{{"lifetime":1e300,"sent":{}}}"#, js_sys::Date::now() + 86_400_000.0));
    until("a token for ever is taken", || pair.page.token_in_hand().as_ref() == Some(&token)).await;
    pair.peer.ask().await;
    assert_eq!(text(&pair.peer.last("token"), "token"), token);
    pair.page.driver.renew().await.unwrap();
    assert_eq!(pair.page.get("/api/me").await, 200);
    pair.page.driver.close();
}

#[wasm_bindgen_test]
async fn a_session_is_over_for_a_reason_that_the_envelope_names_or_not_at_all() {
    let pair = Pair::active("no-reason").await;
    let over = altered(&message("over, rejected"), r#"{"reason":"none"}"#);
    pair.ignores("over for no reason", &over).await;
    pair.page.driver.close();
}

#[wasm_bindgen_test]
async fn a_digest_has_sixteen_digits() {
    let pair = Pair::active("digits").await;
    for subject in ["1", "+123456789abcdef", "0123456789abcdef0", "000000000000000000000000000000001"] {
        let began = altered(&message("began"), &format!(r#"{{"subject":"{subject}"}}"#));
        pair.ignores(subject, &began).await;
    }
}

#[wasm_bindgen_test]
async fn a_token_that_no_header_can_carry_is_ignored() {
    let pair = Pair::active("long").await;
    let long = altered(&message("token"), &format!(r#"{{"token":"{}"}}"#, "x".repeat(200_000)));
    pair.ignores("a token of 200 kB", &long).await;
    pair.page.driver.close();
}

#[wasm_bindgen_test]
async fn what_is_ignored_before_a_sign_in_does_not_count_after_it() {
    let pair = Pair::ended("junk-then").await;
    pair.ignores_all("version 2", changed(r#"{"v":2}"#)).await;
    sign_in_with(&pair.page.driver, pair.page.server.token().into()).await.unwrap_throw();
    assert!(matches!(pair.page.status(), Some(Status::Active { elsewhere: false, .. })));
    pair.page.driver.sign_out().await.unwrap_throw();
    let expected = Status::Ended { reason: EndReason::SignedOut, elsewhere: false };
    assert_eq!(pair.page.status(), Some(expected));
    pair.page.driver.close();
}
