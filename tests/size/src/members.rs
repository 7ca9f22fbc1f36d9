//! The machine's types as words, member by member. An enum is preceded by the number of its
//! variant.

use crate::session::*;
use crate::words::{FromHost, ToHost};

macro_rules! read_struct {
    ($name:ident { $($member:tt),* } $(, $rest:expr)?) => {
        impl FromHost for $name {
            #[allow(clippy::needless_update, reason = "the rest is that of members to come")]
            fn read() -> Self {
                Self { $($member: FromHost::read(),)* $(..$rest)? }
            }
        }
    };
}

/// The compiler rejects a list in which a member is missing, here and below.
macro_rules! write_struct {
    ($name:ident { $($member:tt),* }) => {
        impl ToHost for $name {
            fn write(&self) {
                let Self { $($member: _),* } = self;
                $(self.$member.write();)*
            }
        }
    };
}

macro_rules! read_and_write_struct {
    ($name:ident $members:tt) => {
        read_struct! { $name $members }
        write_struct! { $name $members }
    };
}

macro_rules! read_enum {
    ($name:ident { $($variant:ident $(($($item:ident),*))? $({ $($member:ident),* })?,)* }) => {
        impl FromHost for $name {
            // Inlined into its caller it would weigh more.
            #[inline(never)]
            fn read() -> Self {
                enum Number { $($variant),* }
                let number = u64::read();
                $(
                    if number == Number::$variant as u64 {
                        $($(let $item = FromHost::read();)*)?
                        $($(let $member = FromHost::read();)*)?
                        return Self::$variant $(($($item),*))? $({ $($member),* })?;
                    }
                )*
                core::arch::wasm32::unreachable()
            }
        }

        const _: fn(&$name) = |value| match value {
            $($name::$variant { .. } => (),)*
        };
    };
}

macro_rules! write_enum {
    ($name:ident { $($variant:ident $(($($item:ident),*))? $({ $($member:ident),* })?,)* }) => {
        impl ToHost for $name {
            fn write(&self) {
                enum Number { $($variant),* }
                match self {
                    $(
                        Self::$variant $(($($item),*))? $({ $($member),* })? => {
                            (Number::$variant as u64).write();
                            $($($item.write();)*)?
                            $($($member.write();)*)?
                        }
                    )*
                }
            }
        }
    };
}

macro_rules! read_and_write_enum {
    ($name:ident $variants:tt) => {
        read_enum! { $name $variants }
        write_enum! { $name $variants }
    };
}

read_struct! {
    Config {
        leeway, refresh_ahead, restore, timeout, patience, lock_timeout, shares_token, defers, tells_sign_out, rotation,
        sign_out_token, has_none
    }, Self::default()
}

read_enum! { Rotation { None, Replays, Refuses, Revokes, } }

read_enum! {
    Event {
        StorageRead(stored),
        Started,
        SignInWanted { ticket },
        LoginSettled { ticket, grant },
        SignedIn { ticket, grant },
        Seeded { ticket, grant },
        CookieChanged { ticket },
        SignOutWanted { ticket, reads_login },
        SignOutSettled { attempt, outcome },
        TokenWanted { ticket, not, min_validity },
        RenewalWanted { ticket },
        TokenRejected { ticket, epoch, generation, audience },
        ReplayRejected { audience },
        TokenAccepted { epoch, generation, audience },
        Withdrawn { ticket },
        LockGranted { attempt, contended },
        LookedAgain { attempt },
        LockMoved { attempt },
        RefreshSettled { attempt, outcome, echoes },
        PeerSpoke { from, message },
        StorageChanged,
        StorageCleared,
        Hidden,
        Woken { was_away, is_seen },
        Left,
        Tick,
        CameOnline,
        Closed,
    }
}

write_struct! { Outbox { writes, messages, releases, lock, replies, app } }
write_struct! { AppCalls { publish, request, reports } }

write_enum! { Write { Session(entry), SignOut(pending), ClearSignOut { until }, Note(note), Company(company), } }
write_enum! { LockTask { Acquire(attempt), Watch(attempt), Steal(attempt), ReadAgain(attempt), } }
write_enum! { Request { Refresh { attempt, id }, SignOut { attempt, token }, Login { ticket }, } }

read_and_write_struct! { Ticket { 0 } }
read_and_write_struct! { Generation { 0 } }
read_and_write_struct! { Companion { 0 } }
read_and_write_struct! { Fingerprint { epoch, subject, person } }
read_and_write_struct! { PendingSignOut { until, session, asked, tries, not_before } }
read_and_write_struct! { Pace { slowest, usual } }
read_and_write_struct! { RefreshReply { at, took, pace, echoes } }
read_and_write_struct! { Debt { 0 } }
read_and_write_struct! { Charge { budget, at, ms } }
read_and_write_struct! { InFlight { attempt, sent, gone } }
read_and_write_struct! { RefreshMarker { id, sent, state, companion, stray_since, gone, under, first } }
read_and_write_struct! { Offer { epoch, token, subject, lifetime, age, sent } }
read_and_write_struct! { Noted { is_kept, is_whole, sent, notes } }
read_struct! { Stored { is_kept, company, session, marker, marked, sign_out, answered, companion, in_flight, spent } }
read_struct! { Grant { token, received, lifetime, subject } }
write_struct! { Credential { token, epoch, generation } }
write_struct! { SignOutFailure { attempt, failure, in_refresh } }
write_struct! { SignOutProgress { status, asked, tries, retry_at, failure } }

impl ToHost for Grant {
    fn write(&self) {
        self.token.write();
        self.expiry().map(Deadline::wall_ms).write();
        self.subject.write();
    }
}

read_and_write_enum! { Budget { Idle, Rejected, Justified, } }
read_and_write_enum! { EndReason { None, SignedOut, Rejected, Replaced, } }
read_and_write_enum! { MarkerState { InFlight, Lost, Superseded, Stray, } }
read_and_write_enum! { SessionEntry { Begun(begun), Over { until, reason }, Abandoned { until }, } }
read_and_write_enum! {
    TokenFault { Missing, Ambiguous, Unsendable, NoLifetime, Expired, Untold, }
}
read_and_write_enum! {
    RefreshFailure {
        Rejected { status },
        Offline,
        Unavailable { status, retry_after },
        Foreign { status },
        TimedOut,
        Malformed(fault),
    }
}
read_and_write_enum! {
    PeerMessage {
        Hello,
        Here,
        Offered(offer),
        Began(begun),
        Over { until, reason },
        Wanted { epoch, age },
        Coming,
        Noted(noted),
        Bye,
    }
}
read_and_write_enum! {
    Note {
        Mark { attempt, marker },
        Heard { attempt, marker },
        Remark { attempt, marker },
        Unmark { attempt },
        List(in_flight),
        Unlist { attempt },
        Replied(reply),
        Charged(charge),
    }
}
write_enum! { Reply { Token(credential), Done, SignedOut(status), } }
write_enum! {
    Denial {
        Ended(reason),
        Changed,
        Refused { retry_at },
        Unavailable { failure, retry_at },
        SignInRuns,
        SignInFailed,
        Closed,
    }
}
write_enum! { SignOutStatus { Confirmed, Pending, GivenUp, Local, } }
write_enum! { Delay { Backoff, Confirmation, Tabs, Orphan, Page, } }
write_enum! {
    Report {
        RefreshStarted { id },
        RefreshSettled { id, outcome, took, is_late },
        Adopted,
        Deferred { why, wait },
        SignOutSettled { status, tries, failure },
        Ended { reason, elsewhere },
        ClockJumped { wall_ms, monotonic_ms },
    }
}
write_enum! { Progress { Idle, Locking, Holding, Sent, } }
write_enum! {
    Status {
        Unknown { failure, retry_at },
        Active { epoch, generation, grant, failure, refresh_at, elsewhere },
        Ended { reason, elsewhere },
        Closed,
    }
}
