//! Cookies that script may read.

use super::object::member;
use super::page;

/// The value of the cookie of this name, as it was written; `None` where there is none, and in a worker.
pub(crate) fn read(name: &str) -> Option<String> {
    let cookies = member(page::document()?.as_ref(), "cookie").as_string()?;
    let values =
        cookies.split(';').filter_map(|cookie| cookie.trim_start().strip_prefix(name)?.strip_prefix('='));
    // The one of the longest path comes first (RFC 6265, section 5.4).
    values.map(str::to_owned).next()
}
