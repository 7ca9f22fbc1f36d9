//! The formats of servers, tokens, storage and messages. Pure, like [`session`](crate::session).
//!
//! The session never imports this folder: it receives numbers, words and enums. The token in a
//! reply, and the times beside it, are read in JavaScript (`pkg/src/reply.js`).
//!
//! | file | format |
//! | --- | --- |
//! | `claims.rs` | The claims of a JWT, and the person and `sid` in them. |
//! | `times.rs` | The times in a response and in the claims of its token. |
//! | `lifetime.rs`, `server_clock.rs` | From these times to a lifetime: numbers in, a number out. |
//! | `response.rs` | What the head of a response says of a refresh or a sign-out. |
//! | `challenge.rs` | `WWW-Authenticate` of an API. |
//! | `entries.rs` | Stored entries. **Frozen**. |
//! | `messages.rs`, `notes.rs` | Messages between tabs. **Frozen**. |
//! | `ids.rs`, `names.rs`, `line.rs` | Ids and enum variants as text, and lines of such words. |
//! | `json.rs` | JavaScript objects, or others like them, read member by member. |

mod challenge;
mod claims;
mod entries;
mod ids;
mod json;
mod lifetime;
mod line;
mod messages;
mod names;
mod notes;
mod response;
mod server_clock;
mod times;

pub use challenge::wants_more;
pub use claims::{claims_of, decode_claims, subject_in};
pub use json::{Record, Value};
pub use messages::{read_message, write_message};
pub use response::Head;
pub use server_clock::ServerClock;
pub use times::{Numeric, Times};
