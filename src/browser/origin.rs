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
            Some(Target { origin: url.origin(), path: path.strip_suffix('/').unwrap_or(&path).into() })
        });
        Self { allowed: allowed.collect() }
    }

    /// The origin of an absolute URL that the token may be sent to; `None` where it must not go.
    ///
    /// Compared after URL parsing, so case, default ports, `..` and user names are as fetch sees them. A prefix ends
    /// at a path boundary: `/v1` does not allow `/v10`. What is no separator to fetch may be one to the server: below
    /// a prefix URLs with an encoded slash or dot are not allowed, nor `..;`, which is `..` to some.
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

/// Whether a server could take it for a path outside: by a slash, backslash or dot that is spelt in another way (encoded, once
/// or more often; overlong; as a relative of another width), or by one or two dots with something behind them that a server
/// may cut off (parameters, a space, a null).
fn may_climb(path: &str) -> bool {
    let mut decoded = path.as_bytes().to_vec();
    while decode(&mut decoded) {}
    let steps = |path: &[u8]| path.iter().filter(|byte| b"/\\.".contains(byte)).count();
    steps(&decoded) != steps(path.as_bytes())
        || RELATIVES.iter().any(|relative| contains(&decoded, relative.as_bytes()))
        || decoded.windows(2).any(|pair| matches!(pair, [0xc0 | 0xc1, 0x80..=0xbf]))
        || decoded.windows(3).any(|three| matches!(three, [0xe0, 0x80..=0x9f, _] | [0xf0, 0x80..=0x8f, _]))
        || decoded.split(|byte| b"/\\".contains(byte)).any(has_more_than_dots)
}

/// What becomes a dot, two dots, a slash or a backslash where text is normalised (Unicode, NFKC).
const RELATIVES: [&str; 7] =
    ["\u{2024}", "\u{2025}", "\u{fe52}", "\u{fe68}", "\u{ff0e}", "\u{ff0f}", "\u{ff3c}"];

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

/// One or two dots, and then what belongs to no name.
fn has_more_than_dots(step: &[u8]) -> bool {
    let rest = step.strip_prefix(b"..").or_else(|| step.strip_prefix(b"."));
    rest.and_then(|rest| rest.first())
        .is_some_and(|&next| !(next.is_ascii_alphanumeric() || b"-._~".contains(&next)))
}

/// Decodes what is percent-encoded (the URL standard, "percent-decode"; and `%u002e`, as some servers do); whether there was
/// any.
fn decode(path: &mut Vec<u8>) -> bool {
    let before = path.len();
    let mut rest = std::mem::take(path).into_iter();
    while let Some(byte) = rest.next() {
        let digits = match rest.as_slice() {
            [b'u' | b'U', b'0', b'0', ..] => 3..5,
            _ => 0..2,
        };
        let code = rest.as_slice().get(digits.clone()).filter(|_| byte == b'%');
        let code = code.and_then(|code| u8::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok());
        if code.is_some() {
            rest.nth(digits.end - 1);
        }
        path.push(code.unwrap_or(byte));
    }
    path.len() < before
}

fn parse(url: &str) -> Option<Url> {
    let url = Url::new(url).ok()?;
    matches!(&*url.protocol(), "https:" | "http:").then_some(url)
}
