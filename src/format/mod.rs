//! The formats of servers, tokens, storage and messages. Pure, like [`session`](crate::session).
//!
//! The session never imports this folder: it receives numbers, words and enums.
//!
//! | file | format |
//! | --- | --- |
//! | `claims.rs` | The claims of a JWT, and the person and `sid` in them. |
//! | `token_lookup.rs`, `token_times.rs` | The token in a refresh response, and its times: from objects to plain values. |
//! | `lifetime.rs`, `server_clock.rs` | From these times to a lifetime: numbers in, a number out. |
//! | `response.rs`, `challenge.rs`, `scope.rs` | Status, headers, `WWW-Authenticate` and `scope`. |
//! | `attachment.rs` | The header of a request with a token. |
//! | `entries.rs` | Stored entries. **Frozen**. |
//! | `messages.rs`, `notes.rs` | Messages between tabs. **Frozen**. |
//! | `ids.rs`, `names.rs` | Ids and enum variants as text. |
//! | `json.rs` | JavaScript objects, or others like them, read member by member. |

mod attachment;
mod challenge;
mod claims;
mod entries;
mod ids;
mod json;
mod lifetime;
mod messages;
mod names;
mod notes;
mod response;
mod scope;
mod server_clock;
mod token_lookup;
mod token_times;

pub use attachment::Attachment;
pub use challenge::wants_more;
pub use claims::{claims_of, decode_claims, subject_in};
pub use json::{Record, Value};
pub use lifetime::{Numeric, Times};
pub use messages::{read_message, write_message};
pub use response::Head;
pub use scope::scope_contains;
pub use server_clock::ServerClock;
pub use token_lookup::{Found, bearer, find_token, is_sendable, token_at};
pub use token_times::read_times;
