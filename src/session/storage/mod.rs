//! The entries that the browser stores beside the cookie, and the limits of their dates.

pub(crate) mod horizon;
pub(crate) mod note;
pub(crate) mod stored;
