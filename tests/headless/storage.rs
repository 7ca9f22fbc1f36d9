//! What the browser remembers, by hand. The names are written out, for they are frozen.

use wasm_bindgen::prelude::*;
use web_sys::Storage;

use super::fake::{PAGE, overtake_read};

fn storage() -> Storage {
    js_sys::Reflect::get(&js_sys::global(), &"localStorage".into()).unwrap_throw().unchecked_into()
}

fn key(kind: &str, name: &str) -> String {
    match kind {
        // The cookie's, whatever the session is called: named by the auth origin, which is `PAGE/name` in these tests.
        "attempt" | "answered" | "in-flight" => {
            format!("silent-session:1:{kind}:{PAGE}/{name} {PAGE}/auth/refresh")
        }
        _ => format!("silent-session:1:{kind}:{name}:{PAGE}/auth/refresh"),
    }
}

/// The entry of this kind of the sessions of this name.
pub(crate) fn entry(kind: &str, name: &str) -> Option<String> {
    storage().get_item(&key(kind, name)).unwrap_throw()
}

/// Writes it as another tab would.
pub(crate) fn write(kind: &str, name: &str, value: &str) {
    storage().set_item(&key(kind, name), value).unwrap_throw();
}

/// Another tab writes it right after it was read here.
pub(crate) fn write_after_read(kind: &str, name: &str, value: &str) {
    overtake_read(&key(kind, name), value);
}

/// Removes it.
pub(crate) fn remove(kind: &str, name: &str) {
    storage().remove_item(&key(kind, name)).unwrap_throw();
}

/// Which kinds of entries there are of this name, in order.
pub(crate) fn kinds(name: &str) -> Vec<String> {
    let storage = storage();
    let keys = (0..storage.length().unwrap_throw()).filter_map(|index| storage.key(index).unwrap_throw());
    let mut kinds: Vec<String> = keys
        .filter(|key| key.contains(&format!(":{name}:")))
        .map(|key| key.strip_prefix("silent-session:1:").unwrap_or(&key).replace(&key_end(name), ""))
        .collect();
    kinds.sort();
    kinds
}

fn key_end(name: &str) -> String {
    format!(":{name}:{PAGE}/auth/refresh")
}
