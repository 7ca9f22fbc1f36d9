//! The state machine of one session: pure, so that every history can be replayed.
//!
//! [`Session::handle`] takes a [`Moment`] and an [`Event`], and returns an [`Outbox`] to perform. What is stored arrives as
//! an event of its own ([`Event::StorageRead`]), right before each event that needs it;
//! [`Session::deadline`] says how long until a [`Event::Tick`] is wanted; [`Session::status`] is what the app may see.
//! Time and chance are arguments.
//!
//! # States
//!
//! Two small state machines side by side: what is known of the session, and what of ours is on the wire.
//!
//! | status | on | becomes |
//! | --- | --- | --- |
//! | `Unknown` | refresh brings a token | `Active`, the remembered epoch if it is the same person's, else a new one |
//! | | refresh rejected | `Ended(None)`; where a session is remembered, and a second one confirms it, `Ended(Rejected)` |
//! | | refresh fails otherwise | `Unknown` with the failure; again after a pause |
//! | `Active` | refresh brings a token | `Active`, next generation; another person: a new epoch |
//! | `Unknown`, `Active` | refresh brings another person's token, and a late cookie may lie over that of the sign-in | `Ended(Replaced)` |
//! | | refresh rejected, and a second one confirms it | `Ended(Rejected)` |
//! | | refresh fails otherwise | `Active`; again after a pause |
//! | any | sign-in | `Active`, a new epoch |
//! | any | the page was delivered with a token | `Active`, the epoch that goes on if it is the same person's, else a new one; not after a sign-out (`machine/seeding.rs`) |
//! | any | sign-out | `Ended(SignedOut)` at once; the server is told next, if there is an endpoint |
//! | `Ended`, by the server's word | sign-out | the same: nothing is sent |
//! | `Unknown` | an end by `Replaced` is stored | `Ended(Replaced)`, without a request |
//! | `Unknown` | a local or given-up sign-out is stored | `Ended(SignedOut)`, without a request |
//! | any | another tab offers a token that came later, or of a later epoch | `Active`, that token |
//! | any | a later epoch has begun in another tab, and there is no token of it | `Unknown`, to be restored |
//! | `Unknown`, `Active` | the epoch is over, says another tab or what is stored | `Ended`, elsewhere |
//! | `Ended` | anything else | `Ended` |
//!
//! | wire | on | becomes |
//! | --- | --- | --- |
//! | `Idle` | a login waits; a sign-out waits; a refresh is due (in this order of precedence, logins and sign-outs as they came) | `Locking` |
//! | `Locking` | the lock is granted, and the reason has gone | `Idle` |
//! | | granted, contended, and a token of another tab would do; or an orphan's cookie may be on its way | `Holding` |
//! | | granted otherwise | `Busy` |
//! | | another tab's token has made it needless | `Idle` |
//! | | the same tab has held it for too long ([`Config::lock_timeout`]) | `Locking`; it is taken from there |
//! | `Holding` | a token that will do | `Idle` |
//! | | all tabs have answered, or 100 ms have passed (1 s where one of them has just got a token), and the wait for the orphan is over | `Looking` |
//! | `Looking` | what is stored says nothing new | `Busy` |
//! | | another orphan | `Holding` |
//! | `Locking`, `Holding` | the tab did not run for long | `Locking` anew: the lock may have been taken from it |
//! | | the page is put away | `Idle` |
//! | `Busy` | closed while a refresh is out | `Busy`: the lock is kept until it has settled (`machine/closing.rs`) |
//! | | rejected, and that was not confirmed yet | `Holding` |
//! | | settled, or given up on | `Idle` |
//!
//! A page that goes away cannot confirm a rejection: nothing ends, and whoever refreshes next finds out.
//!
//! A refresh is due when the session is to be restored, a caller waits for a token, the leeway before the expiry has
//! begun, or somebody asked for one; and no pause after a failure is running. A pause grows with each failure, is jittered, and
//! is never shorter than `Retry-After` asks for, up to five minutes. Where no caller waits, all tabs of a name send at most 30
//! refreshes an hour together beyond those that the lifetimes of their tokens require (`machine/idling.rs`).
//!
//! # Orphans
//!
//! A refresh outlives its page, and its cookie arrives some time later. Before one is sent, a marker ([`RefreshMarker`]) says so;
//! whoever has the lock next waits for that cookie, for as long as an answer is likely to take, and then sends the same
//! attempt id. The marker goes when it is known what became of the attempt; or it stays, *overtaken*, while the orphan's
//! own answer may still come, and so long nothing is rotated again. See `docs/rotation.md`.
//!
//! # Sign-outs
//!
//! A sign-out is over here at once. The server confirms it by a 2xx in its own format, or by two refreshes that it
//! refuses; whatever else happens, it is tried again, 20 times or for 60 days ([`PendingSignOut`]). A try but the first
//! begins with a refresh, to see whose session there is. `machine/sign_out_turn.rs` has the table.
//!
//! A sign-out without an endpoint is local, and so is one that was given up: it holds over reloads and in all tabs until
//! the next sign-in. The access token of the ending session is in memory only; a later page takes that of its refresh.
//!
//! # Many tabs
//!
//! Each tab has a machine of its own. Three things connect them, and only the first is needed for safety:
//!
//! - **the lock**, held around a turn at the wire, and never while code of the app's runs but the login function of a
//!   sign-in, which is bounded;
//! - **what is stored** ([`Stored`]): which session goes on or is over, and which attempt is on the wire, read at each
//!   grant of the lock and whenever the page was hidden or away. Nothing secret; it may be missing, and then it is what the
//!   other tabs say;
//! - **messages** ([`PeerMessage`]): tokens, the begin and the end of sessions. Each may be lost, late or out of order:
//!   then there is one refresh more, one after the other, or a tab hears of a sign-in or sign-out at its next turn.
//!
//! Where nothing is kept (a worker, blocked storage) tabs also say what they note of refreshes, and those that keep it write
//! it down for those that do not (`machine/noting.rs`).
//!
//! One tab replies for all (`replies.rs`): whoever spoke last, or where it does not, the next in an order of their own.
//! Few tabs all reply, so that they know exactly who is there. So messages grow with the number of tabs, and no faster.
//!
//! Nobody passes on what it was told. A tab that says something of a session which is over, or of an older one, is
//! answered with what is known: so who has missed a message hears it when it speaks. Epochs are in order ([`EpochId`]),
//! and so are the ends of sessions: whatever the order of messages, all tabs come to the same end.
//!
//! # Lifetimes
//!
//! A grant carries the lifetime that its server gave it, counted from when it came. The shell computes it before the
//! machine sees it. The machine shortens it where APIs reject tokens before their time (`lifetime_cap.rs`).
//!
//! # Bounds
//!
//! Whatever storage, another tab or the server says is bounded. Dates more than a year ahead are treated as absent
//! (`horizon.rs`), durations are capped, and a wait that they ask for has an upper limit. Epochs are drawn later than every
//! one that is believed, so nothing that was said before a sign-in can end it.
//!
//! # Invariants
//!
//! 1. At most one writer of the refresh cookie is on the wire, across all tabs: sign-in, sign-out and refresh are one
//!    queue. (Given up on is not off the wire: a refresh is never aborted, and its late answer of the current epoch is
//!    used. Whoever comes next sends the same attempt id, by which the server tells a retry from a theft.)
//! 2. Every ticket is answered exactly once, or withdrawn.
//! 3. An answer of another epoch changes nothing. It is dropped in one place: `Queue::settle`.
//! 4. A refresh cannot resurrect an ended session; only a sign-in can. An epoch that is over in a tab stays so there.
//!    After a sign-in nobody is shown whose refresh was sent before it, however late it is answered (`machine/newest.rs`).
//! 5. A 401 for an older generation of the same epoch is answered with the current token, without a refresh; across
//!    epochs nothing is replayed. A refresh that brings another person opens a new epoch. A token that another tab
//!    offers replaces ours only if it came later; the answer to our own attempt always does.
//! 6. A brand-new token that is refused is not refreshed again at once.
//! 7. The effective leeway never exceeds a quarter of the lifetime, but for a token that came late, after attempts that
//!    failed: it is renewed as if it had come in time. A refresh ahead of time is never sooner than a second after the
//!    token came. Tabs jitter it: one usually refreshes, and the rest adopt.
//! 8. Either clock may jump either way; see [`Moment`].
//! 9. Only the server ends a session, or the user; or a cookie of somebody else's that has taken its place.
//! 10. A token never prints.

mod clock;
mod config;
mod error;
mod event;
mod id;
mod machine;
mod markers;
mod outbox;
mod page;
mod renewal;
mod report;
mod sign_out;
mod status;
mod storage;
mod tabs;
mod tenure;
mod time;
mod token;
mod turn;
mod waiters;

pub use config::Config;
pub use error::{Denial, FailureKind, RefreshFailure, TokenFault};
pub use event::Event;
pub use id::{AttemptId, Entropy, EpochId, Generation, TabId, Ticket};
pub use machine::Session;
pub use markers::in_flight::{InFlight, InFlightList, LONGEST_IN_FLIGHT, MOST_IN_FLIGHT};
pub use markers::pace::Pace;
pub use markers::refresh_marker::{Companion, MarkerState, RefreshMarker};
pub use markers::rotation::Rotation;
pub use outbox::{AppCalls, LockTask, Outbox, Reply, Request, Write};
pub use renewal::breaker::Audience;
pub use report::{Delay, Report};
pub use sign_out::progress::{SignOutFailure, SignOutProgress, SignOutStatus};
pub use status::{EndReason, Progress, Status};
pub use storage::note::{Note, Noted};
pub use storage::stored::{Fingerprint, PendingSignOut, RefreshReply, SessionEntry, Stored};
pub use tabs::{Offer, PeerMessage};
pub use time::{Deadline, Millis, Moment};
pub use token::{AccessToken, Credential, Grant, Subject};
pub use waiters::ticket_queue::TicketQueue;
