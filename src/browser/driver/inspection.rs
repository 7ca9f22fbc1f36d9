//! How a session is, and how it stands to the other tabs: for people to look at.

use wasm_bindgen::JsValue;

use super::super::{clock, lock};
use super::Driver;
use crate::session::{Millis, Progress, RefreshFailure, SignOutProgress};

/// How a session stands to the other tabs.
#[derive(Clone, Debug)]
pub struct Inspection {
    /// This tab.
    pub tab: String,
    /// The others that were heard of last.
    pub tabs: Vec<String>,
    /// Whether all tabs of the browser take turns, or the sessions of this page only.
    pub shares_lock: bool,
    /// Whether tabs can hear each other.
    pub has_channel: bool,
    /// Whether what one page writes down, the next can read.
    pub has_storage: bool,
    /// [`Status::name`](crate::session::Status::name).
    pub phase: &'static str,
    /// How far a refresh, a sign-in or a sign-out has come.
    pub progress: Progress,
    /// When something is due next, in milliseconds since 1970; `None` when only an event can change anything.
    pub deadline: Option<f64>,
    /// By how many seconds the server's clock was ahead of ours in its last answer, where it could be read.
    pub skew: Option<f64>,
    /// What went wrong last, and when.
    pub last_failure: Option<(RefreshFailure, i64)>,
    /// What has become of the last sign-out.
    pub sign_out: Option<SignOutProgress>,
    /// The native error behind its failure.
    pub sign_out_cause: Option<JsValue>,
}

impl Driver {
    /// What a user may paste into a bug report; no secret.
    pub fn inspect(&self) -> Inspection {
        let machine = self.0.machine.borrow();
        let (tab, tabs) = machine.tabs();
        let now = clock::now();
        let sign_out = machine.sign_out_progress();
        let in_ms = |wait: Millis| now.wall_ms() as f64 + wait.get() as f64;
        Inspection {
            tab: tab.to_hex(),
            tabs: tabs.iter().map(|tab| tab.to_hex()).collect(),
            shares_lock: lock::is_shared(),
            has_channel: self.0.channel.borrow().is_some(),
            has_storage: self.0.memory.is_kept(),
            phase: machine.status().name(),
            progress: machine.progress(),
            deadline: machine.deadline(now).map(in_ms),
            skew: self.0.refresh.skew.get(),
            last_failure: machine.last_failure(),
            sign_out,
            sign_out_cause: sign_out.and_then(|sign_out| self.sign_out_cause(&sign_out.failure?)),
        }
    }
}
