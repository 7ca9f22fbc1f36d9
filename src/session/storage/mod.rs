//! What the browser stores of a session beside the cookie, and how far it is believed.

pub(crate) mod horizon;
pub(crate) mod note;
pub(crate) mod stored;
