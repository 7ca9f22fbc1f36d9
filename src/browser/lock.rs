//! Web Locks: one writer of the refresh cookie at a time, over all tabs of one browser.
//!
//! The lock is named `silent-session:` and the auth origin. **The name is frozen**: tabs outlive deploys, and one of an
//! earlier version must wait for one of a later. It says nothing of the session's own name, nor of a version, for it
//! is the cookie that is guarded.
//!
//! # A holder that gives no sign of life
//!
//! The lock of a tab that is closed or killed is free at once. A page in the back/forward cache gives it back on the way
//! there. That of a tab that is frozen, or stopped in a debugger, is taken from it by force when the same tab has had
//! it for a quarter longer than [`Config::lock_timeout`](crate::session::Config), and some jitter (up to a quarter of
//! that). A queue that moves is no such tab, however long it is: every few seconds, and before the lock is taken, who
//! holds it is compared with who held it before. This is safe with a rotating cookie because
//!
//! - a tab that lives gives the lock back before that: nothing of its holds it longer than `lock_timeout`. Each tab goes
//!   by its own, so the option has to be the same in all sessions of one auth origin;
//! - a frozen tab that was granted the lock and has sent nothing yet sends nothing when it thaws: who has not run for
//!   a quarter of `lock_timeout` between asking and sending asks anew;
//! - if it has sent its refresh, it did so long ago, and once: the browser has stored the cookie whether or not the tab
//!   runs, and whoever takes the lock presents that one;
//! - should the answer still be out, or lost, the new holder finds the marker of the frozen tab's attempt (`memory.rs`)
//!   and sends **the same attempt id**: the server tells a retry from a theft by it;
//! - when the frozen tab thaws, the answer that it finds is taken for as old as its question, so that it does not
//!   replace what the others have fetched since.
//!
//! Who holds the lock is told by its client id, and all sessions of one page have the same: several of them that hold it
//! one after the other, each to the end of its time, look like one that is frozen.
//!
//! Before it sends anything, the new holder asks the others: what one of them has completed is adopted.
//!
//! web-sys has Web Locks behind `--cfg=web_sys_unstable_apis` only, so the two methods are bound here. Where they are
//! missing (an insecure context, an old web view) or refused (third-party storage is blocked), there is a
//! [queue](super::local_lock) within this page.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::local_lock::LocalLock;
use super::object::member;

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
    #[wasm_bindgen(method, catch)]
    fn query(this: &LockManager) -> Result<Promise, JsValue>;

    type AbortController;
    #[wasm_bindgen(constructor)]
    fn new() -> AbortController;
    #[wasm_bindgen(method, getter)]
    fn signal(this: &AbortController) -> JsValue;
    #[wasm_bindgen(method)]
    fn abort(this: &AbortController);
}

/// Frozen.
const PREFIX: &str = "silent-session:";

thread_local! {
    /// Web Locks are there, and refuse.
    static REFUSED: Cell<bool> = const { Cell::new(false) };
}

/// The lock's name.
pub(crate) fn name_for(auth_origin: &str) -> String {
    [PREFIX, auth_origin].concat()
}

/// Whether all tabs take turns, or this page's sessions only.
pub(crate) fn is_shared() -> bool {
    manager().is_some() && !REFUSED.get()
}

/// What is called when the lock is held, with whether somebody else had it first.
pub(crate) type Granted = Rc<dyn Fn(bool)>;

/// A lock that was asked for, or is held. Dropping it withdraws the request, or releases the lock.
#[must_use = "a lock that is dropped is released"]
pub(crate) struct Lock(Rc<Inner>);

struct Inner {
    name: String,
    granted: Granted,
    withdraw: AbortController,
    state: RefCell<State>,
    /// Who had it at the last look: a client id.
    holder: RefCell<JsValue>,
}

enum State {
    Asked,
    /// What resolves the promise that the lock is held by.
    Held(Function),
    /// The one of this page.
    Local {
        _lock: LocalLock,
    },
    Gone,
}

impl Lock {
    /// Asks for the lock; `granted` is called when it is held.
    pub(crate) fn request(name: &str, granted: Granted) -> Self {
        let inner = Rc::new(Inner {
            name: name.into(),
            granted,
            withdraw: AbortController::new(),
            state: RefCell::new(State::Asked),
            holder: RefCell::new(JsValue::NULL),
        });
        match manager() {
            Some(_) if REFUSED.get() => inner.ask_locally(),
            Some(manager) => inner.send(manager, Mode::IfAvailable),
            None => inner.ask_locally(),
        }
        Self(inner)
    }

    /// Calls `moved` if somebody else has the lock than at the last look.
    pub(crate) fn watch(&self, moved: impl FnOnce() + 'static) {
        self.look(moved, |_| {});
    }

    /// The same; but if it is still the same one, takes the lock from there. Those who wait go on waiting.
    pub(crate) fn steal(&self, moved: impl FnOnce() + 'static) {
        let inner = self.0.clone();
        self.look(moved, move |manager| {
            inner.withdraw.abort();
            inner.send(manager, Mode::Steal);
        });
    }

    fn look(&self, moved: impl FnOnce() + 'static, same: impl FnOnce(LockManager) + 'static) {
        let Some(manager) = manager() else { return };
        let inner = self.0.clone();
        let seen = inner.holder.borrow().clone();
        spawn_local(async move {
            let holder = holder(&manager, &inner.name).await;
            let is_same = seen == holder;
            inner.holder.replace(holder);
            match *inner.state.borrow() {
                State::Asked => {}
                _ => return,
            }
            if is_same { same(manager) } else { moved() }
        });
    }
}

/// The ways to ask: a request that steals or does not wait takes no signal (Web Locks, section 3.1).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    IfAvailable,
    Wait,
    Steal,
}

impl Inner {
    fn send(self: &Rc<Self>, manager: LockManager, mode: Mode) {
        let options = Object::new();
        let (member, value) = match mode {
            Mode::IfAvailable => ("ifAvailable", JsValue::TRUE),
            Mode::Wait => ("signal", self.withdraw.signal()),
            Mode::Steal => ("steal", JsValue::TRUE),
        };
        // A fresh object takes any member.
        let _ = Reflect::set(&options, &JsValue::from_str(member), &value);
        let this = self.clone();
        let hold = Closure::once_into_js(move |lock: JsValue| this.hold(mode, &lock));
        let this = self.clone();
        match manager.request(&self.name, &options, hold.unchecked_ref()) {
            Ok(outcome) => spawn_local(async move {
                if JsFuture::from(outcome).await.is_err_and(|error| !is_abort(&error)) {
                    this.refused();
                }
            }),
            Err(_) => this.refused(),
        }
    }

    /// The lock is ours, or (`null`) somebody else's. Returns what it is held by.
    fn hold(self: &Rc<Self>, mode: Mode, lock: &JsValue) -> JsValue {
        let was_asked = match *self.state.borrow() {
            State::Asked => true,
            State::Held(_) => false,
            // Granted and dropped at the same time: released at once.
            State::Local { .. } | State::Gone => return JsValue::UNDEFINED,
        };
        if lock.is_null() {
            if let Some(manager) = manager() {
                self.send(manager, Mode::Wait);
            }
            let this = self.clone();
            spawn_local(async move {
                if let Some(manager) = manager() {
                    let holder = holder(&manager, &this.name).await;
                    this.holder.replace(holder);
                }
            });
            return JsValue::UNDEFINED;
        }
        let held = Promise::new(&mut |resolve, _| {
            self.state.replace(State::Held(resolve));
        });
        if was_asked {
            (self.granted)(mode != Mode::IfAvailable);
        }
        held.into()
    }

    /// `locks` is there and refuses: third-party storage is blocked (a `SecurityError`).
    fn refused(self: &Rc<Self>) {
        if matches!(*self.state.borrow(), State::Asked) {
            REFUSED.set(true);
            self.ask_locally();
        }
    }

    fn ask_locally(self: &Rc<Self>) {
        let this = Rc::downgrade(self);
        let lock = LocalLock::request(&self.name, move |contended| {
            if let Some(this) = this.upgrade() {
                (this.granted)(contended);
            }
        });
        self.state.replace(State::Local { _lock: lock });
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let before = self.0.state.replace(State::Gone);
        match before {
            State::Held(release) => drop(release.call0(&JsValue::UNDEFINED)),
            State::Asked => self.0.withdraw.abort(),
            State::Local { .. } | State::Gone => {}
        }
    }
}

/// The client id of who holds it; null where nobody does, or where it cannot be told.
async fn holder(manager: &LockManager, name: &str) -> JsValue {
    let Ok(snapshot) = manager.query() else { return JsValue::NULL };
    let snapshot = JsFuture::from(snapshot).await.unwrap_or(JsValue::NULL);
    let held = member(&snapshot, "held");
    let is_it = |lock: &JsValue| member(lock, "name").as_string().is_some_and(|its| its == name);
    let held = held.dyn_ref::<Array>().and_then(|held| held.iter().find(is_it));
    held.map_or(JsValue::NULL, |lock| member(&lock, "clientId"))
}

fn manager() -> Option<LockManager> {
    let navigator = Reflect::get(&js_sys::global(), &JsValue::from_str("navigator")).ok()?;
    let locks = Reflect::get(&navigator, &JsValue::from_str("locks")).ok()?;
    locks.is_object().then(|| locks.unchecked_into())
}

fn is_abort(error: &JsValue) -> bool {
    member(error, "name").as_string().is_some_and(|name| name == "AbortError")
}
