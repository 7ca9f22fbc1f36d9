//! The machine of one session. It is pure, so every history can be replayed.
//!
//! [`Session::handle`] takes a [`Moment`] and an [`Event`], and returns an [`Outbox`] to perform.
//! [`Session::deadline`] returns when an [`Event::Tick`] is wanted, [`Session::status`] what the app
//! may see. Time and chance are arguments. What is stored arrives as [`Event::StorageRead`], right
//! before each event that needs it.
//!
//! # Parts
//!
//! | part | owns |
//! | --- | --- |
//! | `clock.rs`, `page.rs` | The last reading of the clocks, the latest date that is believed; whether the page is seen. |
//! | `tenure/` | Whose session it is: the phase with the current token, which sessions are over, the doubts about the cookie. |
//! | `token/` | The access token, its age and lifetime. |
//! | `turn/` | The queue of sign-ins, sign-outs and refreshes; the current turn and its stage. |
//! | `markers/` | What is known of refreshes that are in flight, lost, superseded or stray, over all tabs. |
//! | `renewal/` | When to refresh: the pause after failures, what all tabs may spend, APIs that reject tokens. |
//! | `sign_out/` | The pursuit of a sign-out until the server has confirmed it. |
//! | `tabs/` | The other tabs: who is there, what is asked, who replies. |
//! | `waiters/` | The calls that wait for a token, and for how long. |
//! | `storage/` | The stored entries as values, and their bounds. |
//! | `outbox.rs` | What to do, in the order in which it is done. |
//! | `machine.rs`, `machine/` | What happens between the parts, one file per topic. |
//!
//! # Phases
//!
//! *Heard* stands for what another tab says or has stored: `PeerSpoke`, `StorageChanged`, and
//! whatever else reads storage. *Any*: a token that the page was delivered with may have waited for
//! other tabs. The simulated world holds each history to this table and the next
//! (`tests/world/manual.rs`), and each row has an event of its own (`tests/scenarios/one_event/`).
//!
//! | from | to | at | because |
//! | --- | --- | --- | --- |
//! | `Unknown` | `Active` | any | A refresh, a sign-in, another tab or the page brings a token. |
//! | `Unknown` | `Ended(None)` | `RefreshSettled` | The server rejects the refresh of a visitor, whose app may have reported a cookie. |
//! | `Unknown` | `Ended(Rejected)` | `RefreshSettled`, heard | It rejects two refreshes in a row. |
//! | `Unknown` | `Ended(Replaced)` | `RefreshSettled`, heard | There is somebody else's cookie, left by a late refresh. |
//! | `Unknown` | `Ended(SignedOut)` | any | The user signs out, or has signed out: then the server is told before the page shows it. |
//! | `Active` | `Active` | `SignedIn`, `LoginSettled`, `RefreshSettled`, heard | Another session: somebody has signed in. |
//! | `Active` | `Unknown` | `CookieChanged`, heard | A later session has begun, and its token is not here. |
//! | `Active` | `Ended(Rejected)` | `RefreshSettled`, heard | The server rejects two refreshes in a row. |
//! | `Active` | `Ended(Replaced)` | `RefreshSettled`, heard | A refresh finds somebody else's cookie, left by a late refresh. |
//! | `Active` | `Ended(SignedOut)` | `SignOutWanted`, heard | The user signs out. |
//! | `Ended` | `Active` | any | A sign-in, here or in another tab; a page with a token. |
//! | `Ended` | `Unknown` | `CookieChanged`, heard | A later session has begun, and its token is not here. |
//! | `Ended` | `Ended` | `SignOutWanted`, `RefreshSettled` | A sign-out of nobody known; somebody else's cookie after a sign-in. |
//! | any | `Closed` | `Closed` | The session object is of no more use. |
//!
//! A refresh that fails in any other way changes no phase. Neither does one rejection of a session
//! that is known: it is confirmed by a second refresh, and a page that goes away leaves that to the
//! next one.
//!
//! # Stages of a turn
//!
//! | from | to | at | because |
//! | --- | --- | --- | --- |
//! | `Idle` | `Locking` | any | A sign-in, a sign-out or a refresh is due. |
//! | `Locking` | `Idle` | any | The reason has gone, or the page goes. |
//! | `Locking` | `Holding` | `LockGranted` | Another tab may have a token, or the cookie of another refresh may come. |
//! | `Locking` | `Sent` | `LockGranted` | Nothing is to be waited for. |
//! | `Holding` | `Idle` | any | The reason has gone, or the page goes. |
//! | `Holding` | `Locking` | any | The tab did not run for long, or has to publish first: the lock is requested anew. |
//! | `Holding` | `Sent` | `LookedAgain` | All has been waited for, and what is stored says nothing new. |
//! | `Sent` | `Holding` | `RefreshSettled`, `SignOutSettled` | A rejection is to be confirmed, or a sign-out to be compared. |
//! | `Sent` | `Idle` | any | It has settled, has timed out, or the page goes. |
//! | `Sent` | `Locking` | any | The same, and the next one is due. |
//!
//! # Invariants
//!
//! 1. At most one writer of the refresh cookie is waited for, over all tabs: sign-in, sign-out and
//!    refresh are one queue. A refresh is never aborted, so an overtaken one may still be out.
//! 2. Each ticket receives exactly one reply, unless it is withdrawn.
//! 3. A reply that belongs to another session changes nothing (`Queue::settle`). A late reply of the
//!    current session is good news, but never replaces a newer token.
//! 4. A refresh cannot resurrect an ended session; only a sign-in can. A sign-out stays one over
//!    reloads, in all tabs, until the next sign-in.
//! 5. The person shown is the person who signed in last.
//! 6. A token from another tab replaces ours only if it is newer. A 401 for an older token of the
//!    same session costs no refresh. Nothing is replayed across sessions.
//! 7. Refreshes are bounded: by a jittered backoff (`Retry-After` is its floor), and per browser and
//!    refresh URL by one budget over all that are caused by a 401, by another over all for which no
//!    call waits, and by two that are in flight. One that never settles stops counting after two
//!    minutes.
//! 8. A page load never waits for an outcome that is known.
//! 9. Clocks may jump either way; arithmetic saturates; expiry is derived from the server's times.
//!    Dates more than a year ahead are treated as absent.
//! 10. Only the server or the user ends a session. Offline, time-outs, 5xx, 429, HTML and `Basic`
//!     challenges do not.
//! 11. A token never prints, and no code of the app runs under the lock but a login function.
//!
//! More: `docs/rotation.md` (refreshes that outlive their page), `docs/following-a-token.md` (a token
//! and a 401 through the code).

mod clock;
mod config;
mod digest;
mod end_reason;
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
pub use end_reason::EndReason;
pub use error::{Denial, FailureKind, RefreshFailure, TokenFault};
pub use event::Event;
pub use id::{AttemptId, Entropy, EpochId, Generation, TabId, Ticket};
pub use machine::Session;
pub use markers::in_flight::{InFlight, InFlightList, LONGEST_IN_FLIGHT, MOST_IN_FLIGHT};
pub use markers::pace::Pace;
pub use markers::refresh_marker::{Companion, MarkerState, RefreshMarker};
pub use markers::rotation::Rotation;
pub use outbox::{Action, AppCalls, LockTask, Outbox, Reply, Request, Write};
pub use renewal::breaker::Audience;
pub use renewal::bucket::Debt;
pub use renewal::spending::{Budget, Charge, Spent};
pub use report::{Delay, Report};
pub use sign_out::progress::{SignOutFailure, SignOutProgress, SignOutStatus};
pub use status::{Progress, Status};
pub use storage::note::{Note, Noted};
pub use storage::stored::{Fingerprint, PendingSignOut, RefreshReply, SessionEntry, Stored};
pub use tabs::message::{Offer, PeerMessage};
pub use time::{Deadline, Millis, Moment};
pub use token::{AccessToken, Credential, Grant, Subject};
pub use waiters::ticket_queue::TicketQueue;
