//! Another tab of a session, by hand, and the messages of the first version.
#![allow(unreachable_pub, reason = "what wasm-bindgen binds is public or private")]

use js_sys::{Array, JSON, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::dates::dated;
use super::fake::{PAGE, until};

#[wasm_bindgen(module = "/tests/headless/others.js")]
extern "C" {
    pub type Peer;
    #[wasm_bindgen(constructor)]
    fn new(channel: &str) -> Peer;
    #[wasm_bindgen(method)]
    pub fn say(this: &Peer, message: &JsValue);
    #[wasm_bindgen(method)]
    pub fn count(this: &Peer, kind: &str) -> usize;
    #[wasm_bindgen(method)]
    pub fn answers(this: &Peer) -> usize;
    #[wasm_bindgen(method, js_name = countFrom)]
    pub fn count_from(this: &Peer, from: &str, kind: &str) -> usize;
    #[wasm_bindgen(method)]
    pub fn last(this: &Peer, kind: &str) -> JsValue;
    #[wasm_bindgen(method, js_name = lastKind)]
    pub fn last_kind(this: &Peer) -> String;
    #[wasm_bindgen(method)]
    pub fn text(this: &Peer) -> String;
    #[wasm_bindgen(method, js_name = hasHeard)]
    fn has_heard(this: &Peer) -> Promise;

    #[wasm_bindgen(js_name = countClosed)]
    fn count_closed(channel: &str) -> usize;

    pub fn form(message: &JsValue) -> String;
    pub fn altered(message: &JsValue, members: &str) -> JsValue;
    pub fn jwt(claims: &str) -> String;
    pub fn spoiled(message: &JsValue) -> Array;
    pub fn junk() -> Array;
}

impl Peer {
    /// Of the sessions of this name.
    pub fn of(name: &str) -> Self {
        Self::new(&channel(name))
    }

    /// Says hello, and waits for an answer. Whatever this tab has said before was heard then, and all that was answered.
    pub async fn ask(&self) {
        // What is still on its way is no answer to this.
        JsFuture::from(self.has_heard()).await.unwrap_throw();
        let before = self.answers();
        self.say(&altered(&message("hello"), &format!(r#"{{"from":"{ASKING}"}}"#)));
        until("a hello is answered", || self.answers() > before).await;
    }

    /// The message of this kind, as soon as it is heard.
    pub async fn hears(&self, kind: &str) -> JsValue {
        until(&format!("a message {kind} is heard"), || self.count(kind) > 0).await;
        self.last(kind)
    }
}

/// Written out, for the name is frozen.
fn channel(name: &str) -> String {
    format!("silent-session:{name}:{PAGE}/auth/refresh")
}

/// How many channels of the sessions of this name were closed.
pub fn closed_channels(name: &str) -> usize {
    count_closed(&channel(name))
}

/// Who asks in [`Peer::ask`].
pub const ASKING: &str = "a5ca5ca5ca5ca5ca5ca5ca5ca5ca5ca5";

/// Every message of the first version, by name; dated as today.
pub fn messages() -> js_sys::Object {
    JSON::parse(&dated(include_str!("../messages/messages-v1.json"))).unwrap_throw().unchecked_into()
}

/// One of them as it is written in the fixture.
pub fn frozen_message(name: &str) -> JsValue {
    let messages = JSON::parse(include_str!("../messages/messages-v1.json")).unwrap_throw();
    Reflect::get(&messages, &name.into()).unwrap_throw()
}

/// One of them.
pub fn message(name: &str) -> JsValue {
    Reflect::get(&messages(), &name.into()).unwrap_throw()
}

/// Every message that the second version has added, or has given another member.
pub fn messages_2() -> js_sys::Object {
    JSON::parse(&dated(include_str!("../messages/messages-v2.json"))).unwrap_throw().unchecked_into()
}

/// One of them.
pub fn message_2(name: &str) -> JsValue {
    Reflect::get(&messages_2(), &name.into()).unwrap_throw()
}

/// One that the third version has added.
pub fn message_3(name: &str) -> JsValue {
    let messages = JSON::parse(&dated(include_str!("../messages/messages-v3.json"))).unwrap_throw();
    Reflect::get(&messages, &name.into()).unwrap_throw()
}

/// What a message of notes is like, whatever was noted and wherever.
pub fn form_of_noted(message: &JsValue) -> String {
    form(&altered(message, r#"{"kept":0,"notes":""}"#))
}

/// A text in a message.
pub fn text(message: &JsValue, member: &str) -> String {
    Reflect::get(message, &member.into()).unwrap_throw().as_string().unwrap_throw()
}

/// A number in a message.
pub fn number(message: &JsValue, member: &str) -> f64 {
    Reflect::get(message, &member.into()).unwrap_throw().as_f64().unwrap_throw()
}
