//! The refresh cookie, and the stamp beside it: a cookie that script can read, and that changes with each rotation.

use axum::http::{HeaderMap, header};

use crate::app::App;
use crate::clock::Timestamp;
use crate::refresh_token::RefreshToken;
use crate::store::Family;

const NAME: &str = "refresh_token";
const STAMP: &str = "refresh_stamp";

/// The token that came along, if there is one that may be ours.
pub(super) fn read(headers: &HeaderMap) -> Option<RefreshToken> {
    let values = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = values.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    // With several of the name, the browser puts that of the longest path first: ours.
    let (_, value) = pairs.into_iter().find(|(name, _)| *name == NAME)?;
    RefreshToken::from_cookie(value)
}

/// `Set-Cookie` with the token, and its stamp, until its family ends.
pub(super) fn set(app: &App, now: Timestamp, family: &Family, token: &RefreshToken) -> [String; 2] {
    cookies(app, &token.reveal(), &token.stamp(), family.expires_at.since(now).as_secs())
}

/// `Set-Cookie` that removes both.
pub(super) fn clear(app: &App) -> [String; 2] {
    cookies(app, "", "", 0)
}

fn cookies(app: &App, token: &str, stamp: &str, max_age: u64) -> [String; 2] {
    let https = app.config.public_origin.as_deref().is_some_and(|origin| origin.starts_with("https://"));
    let secure = if https { "; Secure" } else { "" };
    [
        format!("{NAME}={token}; HttpOnly; SameSite=Strict; Path=/auth; Max-Age={max_age}{secure}"),
        format!("{STAMP}={stamp}; SameSite=Strict; Path=/; Max-Age={max_age}{secure}"),
    ]
}
