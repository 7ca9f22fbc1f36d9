//! What a page (or a worker) tells of itself: it is seen again, put away, thawed, back from the cache, online.

use js_sys::Reflect;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::EventTarget;

use super::listener::Listener;
use super::object::member;

/// What was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PageEvent {
    /// The network is back.
    Online,
    /// Somebody looks at it again (`focus`, `visibilitychange`).
    Seen,
    /// Nobody looks at it any more (`visibilitychange`).
    Hidden,
    /// It goes into the back/forward cache, or for good (`pagehide`).
    PutAway,
    /// It runs again after it was frozen, or comes back from the cache (`resume`, `pageshow`): it has heard nothing.
    Back,
    /// Another tab has changed what is stored under this key, or has cleared all.
    Stored(Option<String>),
}

/// Listeners, for as long as this lives.
#[must_use = "a page that is not listened to tells nothing"]
pub(crate) struct Page {
    _listeners: Vec<Listener>,
}

impl Page {
    /// Passes on what the page tells.
    pub(crate) fn listen(tell: impl Fn(PageEvent) + Clone + 'static) -> Self {
        let global: EventTarget = js_sys::global().unchecked_into();
        let mut listeners = Vec::new();
        // All on the window, and first: what the app does in a listener of its own, it does as what the page is by then.
        let mut on = |kind, read: fn(&JsValue) -> Option<PageEvent>| {
            let tell = tell.clone();
            listeners.push(Listener::first(&global, kind, move |event| {
                if let Some(told) = read(&event) {
                    tell(told);
                }
            }));
        };
        on("online", |_| Some(PageEvent::Online));
        on("pagehide", |_| Some(PageEvent::PutAway));
        // It also comes with each load.
        on("pageshow", |event| member(event, "persisted").is_truthy().then_some(PageEvent::Back));
        on("resume", |_| Some(PageEvent::Back));
        on("storage", |event| Some(PageEvent::Stored(member(event, "key").as_string())));
        on("visibilitychange", |event| {
            Some(if is_hidden(&member(event, "target")) { PageEvent::Hidden } else { PageEvent::Seen })
        });
        // Captured, it would also be that of every field of a form.
        let tell = tell.clone();
        listeners.push(Listener::new(&global, "focus", move |_| tell(PageEvent::Seen)));
        Self { _listeners: listeners }
    }
}

/// Whether nobody sees the page now. A worker is never hidden.
pub(crate) fn is_hidden_now() -> bool {
    document().is_some_and(|document| is_hidden(&document))
}

fn is_hidden(document: &JsValue) -> bool {
    member(document, "visibilityState").as_string().is_some_and(|state| state == "hidden")
}

/// Whether the browser says that there is no network. It may be wrong, and a page of `localhost` needs none.
pub(crate) fn is_offline_now() -> bool {
    let navigator = member(&js_sys::global(), "navigator");
    member(&navigator, "onLine").as_bool() == Some(false)
}

/// Calls back when the page is there for somebody: at once, unless it is being prerendered. A prerendered page may
/// never be seen; its `fetch` works, its lock does not.
#[must_use = "a listener that is dropped hears nothing"]
pub(crate) fn when_activated(callback: impl FnOnce() + 'static) -> Option<Listener> {
    let document = document().filter(|document| member(document, "prerendering").is_truthy());
    let Some(document) = document else {
        callback();
        return None;
    };
    let mut callback = Some(callback);
    Some(Listener::new(&document, "prerenderingchange", move |_| {
        if let Some(callback) = callback.take() {
            callback();
        }
    }))
}

/// The document, which a worker does not have.
pub(crate) fn document() -> Option<EventTarget> {
    let document = Reflect::get(&js_sys::global(), &JsValue::from_str("document")).ok()?;
    document.is_object().then(|| document.unchecked_into())
}

/// The origin of the page, or of the worker.
pub(crate) fn origin() -> Option<String> {
    member(&member(&js_sys::global(), "location"), "origin").as_string()
}
