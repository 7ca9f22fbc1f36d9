//! Numbers, ids and collections as words. An `Option` or a `Result` is preceded by the number of
//! its variant, a list by its length.

use crate::host;
use crate::session::*;

/// What the host can hand in.
pub(crate) trait FromHost {
    /// Reads its words.
    fn read() -> Self;
}

/// What the host can be handed.
pub(crate) trait ToHost {
    /// Writes its words.
    fn write(&self);
}

macro_rules! numbers {
    ($($number:ty)*) => {$(
        impl FromHost for $number {
            fn read() -> Self {
                host::read() as Self
            }
        }

        impl ToHost for $number {
            fn write(&self) {
                host::write(*self as u64);
            }
        }
    )*};
}

numbers! { u16 u32 u64 i64 }

impl FromHost for bool {
    fn read() -> Self {
        u64::read() != 0
    }
}

impl ToHost for bool {
    fn write(&self) {
        u64::from(*self).write();
    }
}

impl FromHost for Millis {
    fn read() -> Self {
        Self::new(u64::read())
    }
}

impl ToHost for Millis {
    fn write(&self) {
        self.get().write();
    }
}

impl FromHost for Moment {
    fn read() -> Self {
        let wall_ms = i64::read();
        Self::new(wall_ms, i64::read())
    }
}

impl FromHost for [u64; 2] {
    fn read() -> Self {
        [u64::read(), u64::read()]
    }
}

macro_rules! ids {
    ($($id:ident)*) => {$(
        impl FromHost for $id {
            fn read() -> Self {
                Self::from_words(FromHost::read())
            }
        }

        impl ToHost for $id {
            fn write(&self) {
                self.words().iter().for_each(u64::write);
            }
        }
    )*};
}

ids! { AttemptId TabId }

impl FromHost for EpochId {
    fn read() -> Self {
        Self::from_words(FromHost::read()).unwrap_or_else(|| core::arch::wasm32::unreachable())
    }
}

impl ToHost for EpochId {
    fn write(&self) {
        self.words().iter().for_each(u64::write);
    }
}

impl<T: FromHost> FromHost for Option<T> {
    fn read() -> Self {
        bool::read().then(T::read)
    }
}

impl<T: ToHost> ToHost for Option<T> {
    fn write(&self) {
        self.is_some().write();
        if let Some(value) = self {
            value.write();
        }
    }
}

impl<T: FromHost, E: FromHost> FromHost for Result<T, E> {
    fn read() -> Self {
        if bool::read() { Err(E::read()) } else { Ok(T::read()) }
    }
}

impl<T: ToHost, E: ToHost> ToHost for Result<T, E> {
    fn write(&self) {
        self.is_err().write();
        match self {
            Ok(value) => value.write(),
            Err(error) => error.write(),
        }
    }
}

impl FromHost for () {
    fn read() -> Self {}
}

impl ToHost for () {
    fn write(&self) {}
}

impl<T: ToHost, U: ToHost> ToHost for (T, U) {
    fn write(&self) {
        self.0.write();
        self.1.write();
    }
}

impl<T: FromHost> FromHost for Vec<T> {
    fn read() -> Self {
        (0..u32::read()).map(|_| T::read()).collect()
    }
}

impl<T: ToHost> ToHost for [T] {
    fn write(&self) {
        self.len().write();
        self.iter().for_each(T::write);
    }
}

impl ToHost for usize {
    fn write(&self) {
        (*self as u64).write();
    }
}

impl FromHost for Box<Stored> {
    fn read() -> Self {
        Self::new(FromHost::read())
    }
}

impl FromHost for InFlightList {
    fn read() -> Self {
        (0..u32::read()).map(|_| InFlight::read()).collect()
    }
}

impl FromHost for Spent {
    fn read() -> Self {
        Self(Budget::ALL.map(|_| Debt::read()))
    }
}

/// The texts are the program's own.
impl FromHost for &'static str {
    fn read() -> Self {
        ""
    }
}

impl ToHost for &'static str {
    fn write(&self) {
        str::write(self);
    }
}
