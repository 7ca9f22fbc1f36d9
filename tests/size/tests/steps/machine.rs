//! The wasm in an interpreter that counts its steps.

use std::collections::VecDeque;

use wasmi::{Caller, Config, CustomFuelCosts, Engine, Instance, Linker, Module, Store};

use crate::events::{Event, OK, STORAGE_READ, TOKEN, UNAVAILABLE};

/// The number of `Reply::Token`.
const REPLY_TOKEN: u64 = 0;

/// More than any test takes.
const FUEL: u64 = u64::MAX / 2;

/// Only what runs is counted: an instruction is a step, and so are eight bytes of a copy.
const STEPS: CustomFuelCosts =
    CustomFuelCosts { bytes_copied_per_fuel: 8, fuel_per_bytes_translated: 0, fuel_per_bytes_validated: 0 };

/// A session in the interpreter.
pub(crate) struct Machine {
    store: Store<Host>,
    instance: Instance,
    session: i32,
    /// Milliseconds, by both clocks.
    pub(crate) now: u64,
}

/// The other side of the boundary.
#[derive(Default)]
struct Host {
    to_read: VecDeque<u64>,
    written: Vec<u64>,
    random: u64,
}

impl Machine {
    /// Creates a session. `MACHINE_WASM` is the path of the wasm.
    pub(crate) fn new(config: &[u64]) -> Self {
        let path = std::env::var_os("MACHINE_WASM").expect("run this by `cargo xtask test steps`");
        let wasm = std::fs::read(path).expect("MACHINE_WASM can be read");
        let engine = Engine::new(Config::default().consume_fuel(true).fuel_cost(STEPS));
        let mut store = Store::new(&engine, Host::default());
        store.set_fuel(FUEL).unwrap();
        let mut linker = Linker::new(&engine);
        linker
            .func_wrap("host", "read", |mut caller: Caller<'_, Host>| {
                caller.data_mut().to_read.pop_front().expect("an event has all of its words")
            })
            .unwrap();
        linker
            .func_wrap("host", "write", |mut caller: Caller<'_, Host>, word: u64| {
                caller.data_mut().written.push(word);
            })
            .unwrap();
        linker
            .func_wrap("host", "random", |mut caller: Caller<'_, Host>| caller.data_mut().random())
            .unwrap();
        let module = Module::new(&engine, &wasm).unwrap();
        let instance = linker.instantiate_and_start(&mut store, &module).unwrap();
        store.data_mut().to_read.extend(config);
        let create = instance.get_typed_func::<(), i32>(&store, "create").unwrap();
        let session = create.call(&mut store, ()).unwrap();
        Self { store, instance, session, now: 1_700_000_000_000 }
    }

    /// Hands over an event, and before it what is stored if it needs that, and asks for the deadline, as a shell does after
    /// each event. Returns the number of steps.
    pub(crate) fn handle(&mut self, event: &Event) -> u64 {
        let before = self.store.get_fuel().unwrap();
        if event.needs_storage {
            self.call("handle", STORAGE_READ);
        }
        self.call("handle", &event.words);
        let outbox = std::mem::take(&mut self.store.data_mut().written);
        self.call("deadline", &[]);
        self.store.data_mut().written = outbox;
        before - self.store.get_fuel().unwrap()
    }

    /// The number of other tabs that the session knows of.
    pub(crate) fn tabs(&mut self) -> u64 {
        let inspect = self.instance.get_typed_func::<i32, ()>(&self.store, "inspect").unwrap();
        self.store.data_mut().written.clear();
        inspect.call(&mut self.store, self.session).unwrap();
        let [_, _, tabs, ..] = self.store.data().written[..] else {
            panic!("an inspection begins with the tab")
        };
        tabs
    }

    fn call(&mut self, name: &str, words: &[u64]) {
        let host = self.store.data_mut();
        host.written.clear();
        host.to_read.extend([self.now, self.now]);
        host.to_read.extend(words);
        let function = self.instance.get_typed_func::<i32, ()>(&self.store, name).unwrap();
        function.call(&mut self.store, self.session).unwrap();
        assert_eq!(self.store.data().to_read, [0; 0], "{name} leaves words");
    }

    /// The number of callers that the last event has served with the token of [`events::refreshed`](crate::events::refreshed).
    pub(crate) fn served(&self) -> u64 {
        self.store.data().written.windows(3).filter(|words| *words == [OK, REPLY_TOKEN, TOKEN]).count() as u64
    }

    /// The number of callers that the last event has told that no token could be had.
    pub(crate) fn denied(&self) -> u64 {
        self.store.data().written.windows(2).filter(|words| *words == UNAVAILABLE).count() as u64
    }

    /// The words of ids in the last outbox that follow `start`, if there are as many of them as asked for. Ids are random:
    /// nothing else looks like one.
    pub(crate) fn ids_after<const N: usize>(&self, start: &[u64]) -> Option<[u64; N]> {
        let is_drawn = |word: &u64| word >> 32 == Host::MARK;
        let written = &self.store.data().written;
        (0..written.len()).find_map(|index| {
            let after = written[index..].strip_prefix(start)?;
            let ids = after.iter().copied().take_while(is_drawn).collect::<Vec<_>>();
            ids.try_into().ok()
        })
    }
}

impl Host {
    /// The upper half of each random number.
    const MARK: u64 = 0x5eed_5eed;

    fn random(&mut self) -> u64 {
        self.random += 1;
        (Self::MARK << 32) + self.random
    }
}
