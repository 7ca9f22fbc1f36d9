//! The names of enum variants, as they are stored, sent to other tabs and read by the app.

use crate::session::{Delay, EndReason, FailureKind, MarkerState, Progress, Rotation, SignOutStatus, Status};

/// Declares the name of each variant, once for both directions.
macro_rules! names {
    ($($(#[$doc:meta])* $kind:ident { $($variant:ident = $name:literal,)+ })+) => {$(
        impl $kind {
            $(#[$doc])*
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// Returns the variant of this name, or `None` for any other text.
            pub fn parse(text: &str) -> Option<Self> {
                match text {
                    $($name => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
    )+};
}

names! {
    /// Returns the name in storage, in messages and for the app. **Frozen**.
    EndReason {
        None = "none",
        SignedOut = "signed-out",
        Rejected = "rejected",
        Replaced = "replaced",
    }
    /// Returns the name in storage and messages. **Frozen**.
    MarkerState {
        InFlight = "out",
        Lost = "lost",
        Superseded = "overtaken",
        Stray = "astray",
    }
    /// Returns the name that the app reads.
    Progress {
        Idle = "idle",
        Locking = "locking",
        Holding = "holding",
        Sent = "sent",
    }
    /// Returns the name that the option has.
    Rotation {
        None = "none",
        Replays = "replays",
        Refuses = "refuses",
        Revokes = "revokes",
    }
    /// Returns the name that the app reads.
    Delay {
        Backoff = "backoff",
        Confirmation = "confirmation",
        Tabs = "tabs",
        Orphan = "orphan",
        Page = "page",
    }
    /// Returns the name that the app reads.
    FailureKind {
        Offline = "offline",
        Transient = "transient",
        Throttled = "throttled",
        Protocol = "protocol",
        Rejected = "rejected",
    }
    /// Returns the name that the app reads.
    SignOutStatus {
        Confirmed = "confirmed",
        Pending = "pending",
        GivenUp = "given-up",
        Local = "local",
    }
}

impl Status {
    /// Returns the name that the app reads.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Unknown { .. } => "unknown",
            Self::Active { .. } => "active",
            Self::Ended { .. } => "ended",
            Self::Closed => "closed",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names are public, and those in storage and messages are frozen.
    #[test]
    fn each_variant_has_the_name_that_apps_know() {
        use FailureKind::{Offline, Protocol, Throttled, Transient};
        use MarkerState::{InFlight, Lost, Stray, Superseded};
        let reasons = [EndReason::None, EndReason::SignedOut, EndReason::Rejected, EndReason::Replaced];
        assert_eq!(reasons.map(EndReason::as_str), ["none", "signed-out", "rejected", "replaced"]);
        let states = [InFlight, Lost, Superseded, Stray];
        assert_eq!(states.map(MarkerState::as_str), ["out", "lost", "overtaken", "astray"]);
        let kinds = [Offline, Transient, Throttled, Protocol, FailureKind::Rejected];
        let names = ["offline", "transient", "throttled", "protocol", "rejected"];
        assert_eq!(kinds.map(FailureKind::as_str), names);
        let delays = [Delay::Backoff, Delay::Confirmation, Delay::Tabs, Delay::Orphan, Delay::Page];
        assert_eq!(delays.map(Delay::as_str), ["backoff", "confirmation", "tabs", "orphan", "page"]);
        let progress = [Progress::Idle, Progress::Locking, Progress::Holding, Progress::Sent];
        assert_eq!(progress.map(Progress::as_str), ["idle", "locking", "holding", "sent"]);
        let rotations = [Rotation::None, Rotation::Replays, Rotation::Refuses, Rotation::Revokes];
        assert_eq!(rotations.map(Rotation::as_str), ["none", "replays", "refuses", "revokes"]);
        use SignOutStatus::{Confirmed, GivenUp, Local, Pending};
        let outcomes = [Confirmed, Pending, GivenUp, Local];
        assert_eq!(outcomes.map(SignOutStatus::as_str), ["confirmed", "pending", "given-up", "local"]);
    }

    #[test]
    fn a_name_is_read_as_it_was_written() {
        for reason in [EndReason::None, EndReason::SignedOut, EndReason::Rejected, EndReason::Replaced] {
            assert_eq!(EndReason::parse(reason.as_str()), Some(reason));
        }
        for state in [MarkerState::InFlight, MarkerState::Lost, MarkerState::Superseded, MarkerState::Stray] {
            assert_eq!(MarkerState::parse(state.as_str()), Some(state));
        }
        for odd in ["", "Revokes", "over"] {
            assert_eq!(
                (Rotation::parse(odd), EndReason::parse(odd), MarkerState::parse(odd)),
                (None, None, None)
            );
        }
    }
}
