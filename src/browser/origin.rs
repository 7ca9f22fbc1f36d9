//! Where the access token may go.

use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::Url;

use crate::session::Audience;

#[wasm_bindgen(module = "/src/browser/climb.js")]
extern "C" {
    /// Whether a server could take the path for one outside. The package's entry asks it too, before the wasm is there.
    #[wasm_bindgen(js_name = mayClimb, reexport, skip_typescript)]
    fn may_climb(path: &str) -> bool;
}

/// Origins and path prefixes that the token may be sent to.
#[derive(Clone, Debug, Default)]
pub struct Targets {
    allowed: Vec<Target>,
}

#[derive(Clone, Debug)]
struct Target {
    origin: String,
    /// Without the slash at its end.
    path: String,
}

impl Targets {
    /// From absolute URLs of http(s); what is no such URL allows nothing. A query or a fragment is not looked at.
    pub fn new(urls: impl IntoIterator<Item = String>) -> Self {
        let allowed = urls.into_iter().filter_map(|url| {
            let url = parse(&url)?;
            let path = url.pathname();
            Some(Target { origin: url.origin(), path: path.strip_suffix('/').unwrap_or(&path).into() })
        });
        Self { allowed: allowed.collect() }
    }

    /// Who gets the token by an absolute URL that it may be sent to; `None` where it must not go.
    ///
    /// Compared after URL parsing, so case, default ports, `..` and user names are as fetch sees them. A prefix ends
    /// at a path boundary: `/v1` does not allow `/v10`. What is no separator to fetch may be one to the server: below
    /// a prefix URLs with an encoded slash or dot are not allowed, nor `..;`, which is `..` to some.
    pub(crate) fn audience(&self, url: &str) -> Option<Audience> {
        let url = parse(url)?;
        let (origin, path) = (url.origin(), url.pathname());
        let allows = |target: &Target| {
            target.origin == origin
                && (target.path.is_empty()
                    || path
                        .strip_prefix(&*target.path)
                        .is_some_and(|rest| (rest.is_empty() || rest.starts_with('/')) && !may_climb(rest)))
        };
        self.allowed.iter().any(allows).then(|| Audience::new(&origin, &path))
    }
}

fn parse(url: &str) -> Option<Url> {
    let url = Url::new(url).ok()?;
    matches!(&*url.protocol(), "https:" | "http:").then_some(url)
}
