//! What a page (or a worker) tells of itself: it is seen again, thawed, back from the cache, online.

use js_sys::Reflect;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::EventTarget;

use super::listener::Listener;
use crate::session::Event;

/// Listeners, for as long as this lives.
#[must_use = "a page that is not listened to tells nothing"]
pub(crate) struct Page {
    _listeners: Vec<Listener>,
}

impl Page {
    /// Turns what the page tells into events. All but one only say: look at the clock.
    pub(crate) fn listen(tell: impl Fn(Event) + Clone + 'static) -> Self {
        let global: EventTarget = js_sys::global().unchecked_into();
        let mut listeners = Vec::new();
        let mut on = |target: &EventTarget, kind, event: fn() -> Event| {
            let tell = tell.clone();
            listeners.push(Listener::new(target, kind, move || tell(event())));
        };
        on(&global, "online", || Event::CameOnline);
        on(&global, "focus", || Event::Tick);
        on(&global, "pageshow", || Event::Tick);
        if let Some(document) = document() {
            on(&document, "visibilitychange", || Event::Tick);
            on(&document, "resume", || Event::Tick);
        }
        Self { _listeners: listeners }
    }
}

/// The document; a worker has none.
fn document() -> Option<EventTarget> {
    let document = Reflect::get(&js_sys::global(), &JsValue::from_str("document")).ok()?;
    document.is_object().then(|| document.unchecked_into())
}
