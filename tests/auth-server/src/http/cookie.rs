//! The refresh cookie.

use axum::http::{HeaderMap, header};

use crate::app::App;
use crate::clock::Timestamp;
use crate::refresh_token::RefreshToken;
use crate::store::Family;

const NAME: &str = "refresh_token";

/// The token that came along, if there is one that may be ours.
pub(super) fn read(headers: &HeaderMap) -> Option<RefreshToken> {
    let values = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = values.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    // With several of the name, the browser puts that of the longest path first: ours.
    let (_, value) = pairs.into_iter().find(|(name, _)| *name == NAME)?;
    RefreshToken::from_cookie(value)
}

/// `Set-Cookie` with the token, until its family ends.
pub(super) fn set(app: &App, now: Timestamp, family: &Family, token: &RefreshToken) -> String {
    cookie(app, &token.reveal(), family.expires_at.since(now).as_secs())
}

/// `Set-Cookie` that removes it.
pub(super) fn clear(app: &App) -> String {
    cookie(app, "", 0)
}

fn cookie(app: &App, value: &str, max_age: u64) -> String {
    let https = app.config.public_origin.as_deref().is_some_and(|origin| origin.starts_with("https://"));
    let secure = if https { "; Secure" } else { "" };
    format!("{NAME}={value}; HttpOnly; SameSite=Strict; Path=/auth; Max-Age={max_age}{secure}")
}
