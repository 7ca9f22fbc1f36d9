//! The shell, as the core sees it. No method throws: `pkg/src/port.js` reports what goes wrong.

use js_sys::Object;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    /// The JavaScript that acts for one session.
    #[derive(Clone)]
    pub type Shell;

    /// Reads a stored entry.
    #[wasm_bindgen(method)]
    pub(super) fn read(this: &Shell, entry: &str) -> Option<String>;
    /// Stores an entry.
    #[wasm_bindgen(method)]
    pub(super) fn store(this: &Shell, entry: &str, text: &str);
    /// Removes a stored entry.
    #[wasm_bindgen(method)]
    pub(super) fn remove(this: &Shell, entry: &str);
    /// Whether the browser keeps stored entries.
    #[wasm_bindgen(method)]
    pub(super) fn keeps(this: &Shell) -> bool;
    /// The value of the companion cookie.
    #[wasm_bindgen(method)]
    pub(super) fn companion(this: &Shell) -> Option<String>;

    /// Sends a message to the other tabs.
    #[wasm_bindgen(method)]
    pub(super) fn post(this: &Shell, message: JsValue);

    /// Requests the lock for a turn, releases it, looks at its holder, or takes it from a holder
    /// that has not changed.
    #[wasm_bindgen(method)]
    pub(super) fn lock(this: &Shell, task: &str, attempt: &str);

    /// Hands a token to the caller with this ticket.
    #[wasm_bindgen(method)]
    pub(super) fn grant(this: &Shell, ticket: u32, token: &str, epoch: &str, generation: u32);
    /// Tells the caller with this ticket that it is done. A sign-out has a status.
    #[wasm_bindgen(method)]
    pub(super) fn settle(this: &Shell, ticket: u32, status: Option<String>);
    /// Tells the caller with this ticket why not.
    #[wasm_bindgen(method)]
    pub(super) fn deny(this: &Shell, ticket: u32, denial: JsValue);

    /// Shows the status to the app.
    #[wasm_bindgen(method)]
    pub(super) fn publish(this: &Shell, snapshot: JsValue);
    /// Reports to metrics and logs.
    #[wasm_bindgen(method)]
    pub(super) fn report(this: &Shell, report: JsValue);

    /// The URL of an endpoint; nothing if the app's own function takes its place.
    #[wasm_bindgen(method)]
    pub(super) fn url(this: &Shell, endpoint: &str) -> Option<String>;
    /// The options of a request to an endpoint: a new object.
    #[wasm_bindgen(method)]
    pub(super) fn init(this: &Shell, endpoint: &str) -> Object;
    /// Sends the request to an endpoint, or calls the app's function. `request` is an error if it
    /// could not be built.
    #[wasm_bindgen(method)]
    pub(super) fn send(
        this: &Shell,
        endpoint: &str,
        attempt: &str,
        id: &str,
        request: JsValue,
        token: Option<String>,
    );
    /// Runs the login function of the caller with this ticket.
    #[wasm_bindgen(method)]
    pub(super) fn login(this: &Shell, ticket: u32);

    /// Calls `Core::arm`, outside the zone of any caller.
    #[wasm_bindgen(method)]
    pub(super) fn rearm(this: &Shell);
    /// Tells the core that the timer has fired.
    #[wasm_bindgen(method)]
    pub(super) fn tick(this: &Shell);
    /// A closed session has nothing in flight any more.
    #[wasm_bindgen(method)]
    pub(super) fn rest(this: &Shell);
}
