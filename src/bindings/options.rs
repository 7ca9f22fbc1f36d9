//! Options, as the package's entry has validated and completed them: absolute URLs, seconds.

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};

use super::report;
use crate::browser::{
    Csrf, Ends, Fetcher, Identity, Policy, Rejection, Reporter, Settings, Targets, TokenPlace, TokenUse, Way,
};
use crate::format::Attachment;
use crate::session::{Config, Millis, Rotation};

/// How a derived `fetch` uses the token.
pub(super) fn read_policy(policy: &JsValue, nested: bool) -> Policy {
    let member = |name: &str| Reflect::get(policy, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED);
    Policy {
        token: match member("token").as_string().as_deref() {
            Some("required") => TokenUse::Required,
            Some("optional") => TokenUse::Optional,
            Some("none") => TokenUse::None,
            _ => TokenUse::WhereThereIsOne,
        },
        replay: member("replay").as_bool(),
        passive: member("passive").as_bool().unwrap_or(false),
        nested,
    }
}

/// A function, or an object with the members of [`Way::Request`].
fn way(by: &JsValue) -> Way {
    let member = |name: &str| Reflect::get(by, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED);
    match by.clone().dyn_into::<Function>() {
        Ok(function) => Way::Function(function),
        Err(_) => Way::Request {
            url: member("url").as_string().unwrap_or_default(),
            init: member("init").unchecked_into(),
            headers: member("headers").unchecked_into(),
        },
    }
}

fn numbers(list: &JsValue) -> impl Iterator<Item = f64> {
    Array::from(list).into_iter().filter_map(|number| number.as_f64())
}

/// Reads them field by field: a deserializer would cost more than everything else here.
pub(super) fn read(options: &JsValue) -> Settings {
    let member = |name: &str| Reflect::get(options, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED);
    let text = |name: &str| member(name).as_string().unwrap_or_default();
    let seconds =
        |name: &str, default: Millis| member(name).as_f64().and_then(from_seconds).unwrap_or(default);
    let flag = |name: &str, default: bool| member(name).as_bool().unwrap_or(default);
    let defaults = Config::default();
    Settings {
        refresh_url: text("refresh"),
        auth_origin: text("authOrigin"),
        refresh: way(&member("refreshBy")),
        sign_out: Some(member("signOutBy")).filter(|by| !by.is_undefined()).map(|by| way(&by)),
        attempt_header: member("attemptHeader").as_string(),
        csrf: member("csrfToken").dyn_into().ok().map(|token| Csrf { header: text("csrfHeader"), token }),
        ends: match member("endsSession").dyn_into::<Function>() {
            Ok(function) => Ends::Told(function),
            Err(statuses) if Array::is_array(&statuses) => {
                Ends::Statuses(numbers(&statuses).map(|status| status as u16).collect())
            }
            Err(_) => Ends::default(),
        },
        companion_cookie: member("companionCookie").as_string(),
        name: text("name"),
        targets: Targets::new(Array::from(&member("sendTokenTo")).iter().filter_map(|url| url.as_string())),
        attachment: read_attachment(&member("attach")),
        rejection: read_rejection(member("rejectsToken")),
        fetcher: member("fetch").dyn_into().map(Fetcher::pinned).unwrap_or_default(),
        token_place: read_place(&member("readToken")),
        identity: read_identity(&member("identity")),
        reporter: match member("onEvent").dyn_into::<Function>() {
            Ok(listener) => Reporter::telling(move |told, cause| report::tell(&listener, told, cause)),
            Err(_) => Reporter::default(),
        },
        config: Config {
            leeway: seconds("leeway", defaults.leeway),
            refresh_ahead: flag("refreshAhead", defaults.refresh_ahead),
            restore: flag("restore", defaults.restore),
            has_none: flag("hasNone", defaults.has_none),
            sign_out_token: flag("signOutToken", defaults.sign_out_token),
            timeout: seconds("timeout", defaults.timeout),
            patience: seconds("patience", defaults.patience),
            lock_timeout: seconds("lockTimeout", defaults.lock_timeout),
            shares_token: flag("shareToken", defaults.shares_token),
            rotation: member("rotation").as_string().and_then(|rotation| Rotation::parse(&rotation)),
            ..defaults
        },
    }
}

/// Returns a duration of so many seconds, to the nearest millisecond; `None` where the number is negative or none.
pub(super) fn from_seconds(seconds: f64) -> Option<Millis> {
    (seconds >= 0.0).then(|| Millis::new((seconds * 1000.0 + 0.5) as u64))
}

fn read_attachment(attach: &JsValue) -> Attachment {
    let member = |name: &str| Reflect::get(attach, &JsValue::from_str(name)).ok();
    let text = |name: &str| member(name).and_then(|text| text.as_string());
    match text("header").zip(text("scheme")) {
        Some((header, scheme)) => {
            let follows_redirects = member("followRedirects").is_some_and(|follows| follows.is_truthy());
            Attachment::new(&header, &scheme, follows_redirects)
        }
        None => Attachment::default(),
    }
}

fn read_rejection(rejects: JsValue) -> Rejection {
    match rejects.dyn_into::<Function>() {
        Ok(ask) => Rejection::told_by(ask),
        Err(list) if list.is_undefined() => Rejection::default(),
        Err(list) => Rejection::statuses(numbers(&list)),
    }
}

/// A path, `{ header }`, a function, or nothing.
fn read_place(option: &JsValue) -> TokenPlace {
    if let Some(function) = option.dyn_ref::<Function>() {
        return TokenPlace::ToldBy(function.clone());
    }
    if let Some(path) = option.as_string() {
        return TokenPlace::At(path);
    }
    let header = Reflect::get(option, &JsValue::from_str("header")).ok().and_then(|name| name.as_string());
    header.map(TokenPlace::Header).unwrap_or_default()
}

/// The name of a claim, a function, or nothing.
fn read_identity(option: &JsValue) -> Identity {
    match option.dyn_ref::<Function>() {
        Some(function) => Identity::ToldBy(function.clone()),
        None => option.as_string().map_or(Identity::Subject, Identity::Claim),
    }
}
