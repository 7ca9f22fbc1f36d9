//! Where the access token may go.

use web_sys::Url;

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
            Some(Target { origin: url.origin(), path: path.trim_end_matches('/').into() })
        });
        Self { allowed: allowed.collect() }
    }

    /// The origin of an absolute URL that the token may be sent to; `None` where it must not go.
    ///
    /// Compared after URL parsing, so case, default ports, `..` and user names are as fetch sees them. A prefix ends
    /// at a path boundary: `/v1` does not allow `/v10`. An encoded slash or dot is no separator to fetch, but may be
    /// one to the server: below a prefix such URLs are not allowed; nor is `..;`, which is `..` to some servers.
    pub(crate) fn audience(&self, url: &str) -> Option<String> {
        let url = parse(url)?;
        let (origin, path) = (url.origin(), url.pathname());
        let allows = |target: &Target| {
            target.origin == origin
                && (target.path.is_empty()
                    || path
                        .strip_prefix(&*target.path)
                        .is_some_and(|rest| (rest.is_empty() || rest.starts_with('/')) && !may_climb(rest)))
        };
        self.allowed.iter().any(allows).then_some(origin)
    }
}

/// Whether a server could take it for a path outside: by a slash, backslash or dot that is encoded (once, or more often, in
/// whatever way), or by dots with parameters.
fn may_climb(path: &str) -> bool {
    let mut decoded = path.as_bytes().to_vec();
    while decode(&mut decoded) {}
    let steps = |path: &[u8]| path.iter().filter(|byte| b"/\\.".contains(byte)).count();
    let has_parameters = |dots: &[u8]| decoded.windows(dots.len()).any(|part| part == dots);
    steps(&decoded) != steps(path.as_bytes()) || has_parameters(b"/..;") || has_parameters(b"/.;")
}

/// Decodes what is percent-encoded (the URL standard, "percent-decode"); whether there was any.
fn decode(path: &mut Vec<u8>) -> bool {
    let before = path.len();
    let mut rest = std::mem::take(path).into_iter();
    while let Some(byte) = rest.next() {
        let code = rest.as_slice().get(..2).filter(|_| byte == b'%');
        let code = code.and_then(|code| u8::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok());
        if code.is_some() {
            rest.nth(1);
        }
        path.push(code.unwrap_or(byte));
    }
    path.len() < before
}

fn parse(url: &str) -> Option<Url> {
    let url = Url::new(url).ok()?;
    matches!(&*url.protocol(), "https:" | "http:").then_some(url)
}
