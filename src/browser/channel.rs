//! `BroadcastChannel`: what the tabs of one session say to each other.
//!
//! It is named `silent-session:`, the session's name, `:` and the absolute refresh URL; **the name is frozen**. Sessions
//! by other names, tenants by path and other origins do not hear it. Any script of this origin can listen: it could
//! also have called `session.accessToken()`. The option `shareToken` keeps tokens out of it.

use wasm_bindgen::JsValue;
use web_sys::BroadcastChannel;

use super::listener::Listener;
use super::object::{member, object};
use crate::format::{read_message, write_message};
use crate::session::{PeerMessage, TabId};

/// An open channel. Dropping it closes it.
#[must_use = "a channel that is dropped is closed"]
pub(crate) struct Channel {
    channel: BroadcastChannel,
    _listener: Listener,
}

impl Channel {
    /// Opens it; `None` where the browser has none.
    pub(crate) fn open(
        name: &str,
        refresh_url: &str,
        heard: impl Fn(TabId, PeerMessage) + 'static,
    ) -> Option<Self> {
        let channel = BroadcastChannel::new(&["silent-session:", name, ":", refresh_url].concat()).ok()?;
        let listener = Listener::new(&channel, "message", move |event: JsValue| {
            if let Some((from, message)) = read_message(&member(&event, "data")) {
                heard(from, message);
            }
        });
        Some(Self { channel, _listener: listener })
    }

    /// Says it to all others. That nobody hears it is nobody's concern.
    pub(crate) fn tell(&self, from: TabId, message: &PeerMessage) {
        let _ = self.channel.post_message(&object(write_message::<JsValue>(from, message)));
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        self.channel.close();
    }
}
