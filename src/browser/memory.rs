//! What the browser remembers from one page to the next, in `localStorage`: which sign-in it is, and a digest of
//! whose. No token, no name.

use js_sys::Reflect;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::Storage;

use crate::session::{EpochId, Remembered};

/// Frozen: old tabs outlive deploys.
const PREFIX: &str = "silent-session:1:";

/// One entry of `localStorage`. Where storage is refused (a sandboxed frame, a worker, a full disk) nothing is
/// remembered, and each page has a session id of its own.
#[derive(Debug)]
pub(crate) struct Memory {
    key: String,
}

impl Memory {
    /// For the session of this name at this refresh endpoint: tenants by path do not meet.
    pub(crate) fn new(name: &str, refresh_url: &str) -> Self {
        Self { key: [PREFIX, name, ":", refresh_url].concat() }
    }

    /// What was kept last; `None` for nothing, and for what is not ours.
    pub(crate) fn recall(&self) -> Option<Remembered> {
        let kept = storage()?.get_item(&self.key).ok()??;
        let (epoch, subject) = kept.split_once(' ')?;
        let epoch = EpochId::parse(epoch)?;
        let subject = if subject == "-" { None } else { Some(u64::from_str_radix(subject, 16).ok()?) };
        Some(Remembered { epoch, subject })
    }

    /// Keeps it, or forgets.
    pub(crate) fn keep(&self, remembered: Option<Remembered>) {
        let Some(storage) = storage() else { return };
        // A quota that is used up leaves the old entry: it names another subject, or an epoch that is over.
        let _ = match remembered {
            Some(Remembered { epoch, subject }) => {
                let subject = subject.map_or_else(|| "-".into(), to_hex);
                storage.set_item(&self.key, &[&epoch.to_hex(), " ", &subject].concat())
            }
            None => storage.remove_item(&self.key),
        };
    }
}

fn to_hex(number: u64) -> String {
    (0..16).rev().filter_map(|at| char::from_digit(((number >> (4 * at)) & 0xf) as u32, 16)).collect()
}

/// Reading the property throws where third-party storage is blocked.
fn storage() -> Option<Storage> {
    let storage = Reflect::get(&js_sys::global(), &JsValue::from_str("localStorage")).ok()?;
    storage.is_object().then(|| storage.unchecked_into())
}
