//! Which faults are in force.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::fault::{Fault, Faults, OutageReset, OutageSwitch};

/// Which faults are in force.
#[derive(Debug, Default)]
pub(crate) struct Board {
    faults: Mutex<Faults>,
    changes: watch::Sender<()>,
}

/// A fault that a request has met.
#[derive(Debug)]
pub(crate) struct Met {
    pub(super) fault: Fault,
    /// Tells when other faults are put in force.
    pub(super) changes: watch::Receiver<()>,
}

/// Where a fault can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Endpoint {
    /// `POST /auth/refresh`.
    Refresh,
    /// `POST /auth/login`.
    Login,
    /// `POST /auth/logout`.
    Logout,
    /// Everything under `/api`.
    Api,
}

/// How the server is out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outage {
    /// It answers 503.
    Unavailable,
    /// It drops connections.
    Reset,
}

impl Board {
    /// Puts these in force, and no others.
    pub(crate) fn set(&self, faults: Faults) {
        *self.lock() = faults;
        self.changes.send_replace(());
    }

    /// The fault for a request that has just come in, which counts as one of its `times`.
    pub(crate) fn take(&self, endpoint: Endpoint) -> Option<Met> {
        let changes = self.changes.subscribe();
        let mut faults = self.lock();
        let slot = match endpoint {
            Endpoint::Refresh => &mut faults.refresh,
            Endpoint::Login => &mut faults.login,
            Endpoint::Logout => &mut faults.logout,
            Endpoint::Api => &mut faults.api,
        };
        let fault = slot.as_mut()?;
        match &mut fault.times {
            None => {}
            Some(0) => return None,
            Some(times) => *times -= 1,
        }
        Some(Met { fault: fault.clone(), changes })
    }

    /// Whether and how the server is out.
    pub(crate) fn outage(&self) -> Option<Outage> {
        match self.lock().outage {
            OutageSwitch::On(false) => None,
            OutageSwitch::On(true) => Some(Outage::Unavailable),
            OutageSwitch::Reset(OutageReset::Reset) => Some(Outage::Reset),
        }
    }

    /// Whether the API refuses every token.
    pub(crate) fn rejects_fresh_tokens(&self) -> bool {
        self.lock().reject_fresh_tokens
    }

    fn lock(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
