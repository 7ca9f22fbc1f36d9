//! Web Locks: one writer of the refresh cookie at a time, over all tabs of one browser.
//!
//! web-sys has them behind `--cfg=web_sys_unstable_apis` only, so the one method is bound here.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

#[wasm_bindgen]
extern "C" {
    type LockManager;
    #[wasm_bindgen(method, catch)]
    fn request(
        this: &LockManager,
        name: &str,
        options: &Object,
        granted: &Function,
    ) -> Result<Promise, JsValue>;

    type AbortController;
    #[wasm_bindgen(constructor)]
    fn new() -> AbortController;
    #[wasm_bindgen(method, getter)]
    fn signal(this: &AbortController) -> JsValue;
    #[wasm_bindgen(method)]
    fn abort(this: &AbortController);
}

/// Frozen: a tab of an earlier version must wait for a tab of this one.
const PREFIX: &str = "silent-session:";

/// The lock's name: the auth origin's, whatever the session is called, for it is the cookie that is guarded.
pub(crate) fn name_for(auth_origin: &str) -> String {
    [PREFIX, auth_origin].concat()
}

/// What is called when the lock is held.
pub(crate) type Granted = Rc<dyn Fn()>;

/// A lock that was asked for, or is held. Dropping it withdraws the request, or releases the lock.
#[must_use = "a lock that is dropped is released"]
pub(crate) struct Lock {
    withdraw: AbortController,
    state: Rc<RefCell<State>>,
}

enum State {
    Asked,
    /// What resolves the promise that the lock is held by.
    Held(Function),
    Gone,
}

impl Lock {
    /// Asks for the lock; `granted` is called when it is held, or at once where there are no locks: then there is
    /// single flight within this page only.
    pub(crate) fn request(name: &str, granted: Granted) -> Self {
        Self::ask(name, false, granted)
    }

    /// Takes the lock from whoever holds it. Those who wait go on waiting.
    pub(crate) fn steal(name: &str, granted: Granted) -> Self {
        Self::ask(name, true, granted)
    }

    fn ask(name: &str, steal: bool, granted: Granted) -> Self {
        let lock = Self { withdraw: AbortController::new(), state: Rc::new(RefCell::new(State::Asked)) };
        match lock.send(name, steal, granted.clone()) {
            Some(outcome) => {
                let state = lock.state.clone();
                spawn_local(async move {
                    let refused = JsFuture::from(outcome).await.is_err_and(|error| !is_abort(&error));
                    // `locks` is there and refuses: third-party storage is blocked (a SecurityError).
                    if refused && matches!(*state.borrow(), State::Asked) {
                        granted();
                    }
                });
            }
            None => granted(),
        }
        lock
    }

    fn send(&self, name: &str, steal: bool, granted: Granted) -> Option<Promise> {
        let navigator = Reflect::get(&js_sys::global(), &JsValue::from_str("navigator")).ok()?;
        let locks = Reflect::get(&navigator, &JsValue::from_str("locks")).ok()?;
        if !locks.is_object() {
            return None;
        }
        let options = Object::new();
        // A request that steals is granted at once, and takes no signal (Web Locks, section 3.1).
        let (member, value) =
            if steal { ("steal", JsValue::TRUE) } else { ("signal", self.withdraw.signal()) };
        Reflect::set(&options, &JsValue::from_str(member), &value).ok()?;
        let state = self.state.clone();
        let hold = Closure::once_into_js(move || {
            // Granted and dropped at the same time: released at once.
            if matches!(*state.borrow(), State::Gone) {
                return JsValue::UNDEFINED;
            }
            let held = Promise::new(&mut |resolve, _| {
                state.replace(State::Held(resolve));
            });
            granted();
            held.into()
        });
        locks.unchecked_into::<LockManager>().request(name, &options, hold.unchecked_ref()).ok()
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        match self.state.replace(State::Gone) {
            State::Held(release) => drop(release.call0(&JsValue::UNDEFINED)),
            State::Asked | State::Gone => self.withdraw.abort(),
        }
    }
}

fn is_abort(error: &JsValue) -> bool {
    let name = Reflect::get(error, &JsValue::from_str("name")).ok();
    name.and_then(|name| name.as_string()).is_some_and(|name| name == "AbortError")
}
