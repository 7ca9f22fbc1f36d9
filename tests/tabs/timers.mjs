// Timers that a test can stop: a page that gets somewhere without them has waited for none, however slow the machine is. And time
// that a test lets pass, so that none depends on how much of it has passed by itself.

/** For `open`, before the app. Its globals are `holdTimers`, `letTimersGo` and `heldTimers`: those that wait, in milliseconds. */
export const STOPPABLE_TIMERS = () => {
  const later = globalThis.setTimeout.bind(globalThis);
  const forget = globalThis.clearTimeout.bind(globalThis);
  const held = new Map();
  let areHeld = false;
  let lastId = 0;
  globalThis.setTimeout = (run, ms = 0, ...args) => {
    if (!areHeld) return later(run, ms, ...args);
    // Those of the browser are positive.
    const id = --lastId;
    held.set(id, { ms, due: performance.now() + ms, run: () => run(...args) });
    return id;
  };
  globalThis.clearTimeout = (id) => void (held.delete(id) || forget(id));
  globalThis.heldTimers = () => [...held.values()].map(({ ms }) => ms);
  globalThis.holdTimers = () => {
    areHeld = true;
  };
  globalThis.letTimersGo = () => {
    areHeld = false;
    for (const [id, { run, due }] of held) {
      later(() => held.delete(id) && run(), Math.max(0, due - performance.now()));
    }
  };
};

/** For `open`, before the app: no timer fires until `letTimersGo` is called. */
export const STOPPED_TIMERS = [STOPPABLE_TIMERS, () => holdTimers()];

/** For `open`, before the app, after `DRIVEN_TIME`: no time passes by itself, not in the next page either. */
export const STOPPED = () => stopTime();

/**
 * For `open`, before the app: time that passes by hand, beside that which passes by itself. `clocks` are by how many milliseconds the
 * wall clock and the monotonic one are ahead: a test may set them. With `passTime` both go on from timer to timer, and each of them
 * fires; with `setAhead` both go on, and no timer has fired yet. After `stopTime` no time passes by itself; in all tabs that stop it
 * the wall clock shows the same. What the tab loads next goes on from there.
 */
export const DRIVEN_TIME = () => {
  const KEPT = "time of the driver";
  // A page that is nowhere has no storage.
  const [storage, shared] = globalThis.origin === "null" ? [] : [sessionStorage, localStorage];
  const later = globalThis.setTimeout.bind(globalThis);
  const forget = globalThis.clearTimeout.bind(globalThis);
  const wall = Date.now;
  const monotonic = performance.now.bind(performance);
  const waiting = new Map();
  const kept = JSON.parse(storage?.getItem(KEPT) ?? null);
  globalThis.clocks = { wall: kept?.passed ?? 0, monotonic: 0 };
  let stopped = kept?.stopped && { wall: kept.stopped, monotonic: monotonic() };
  const keep = () => {
    const passed = clocks.wall;
    storage?.setItem(KEPT, JSON.stringify({ stopped: stopped?.wall, passed }));
  };

  Date.now = () => Math.floor(stopped?.wall ?? wall()) + clocks.wall;
  performance.now = () => (stopped?.monotonic ?? monotonic()) + clocks.monotonic;
  globalThis.setTimeout = (run, ms = 0, ...args) => {
    const fire = () => {
      forget(id);
      if (waiting.delete(id)) run(...args);
    };
    const id = later(fire, ms);
    waiting.set(id, { due: performance.now() + Math.max(1, ms), fire });
    return id;
  };
  globalThis.clearTimeout = (id) => {
    waiting.delete(id);
    forget(id);
  };
  globalThis.stopTime = () => {
    const at = Number(shared?.getItem(KEPT)) || wall();
    shared?.setItem(KEPT, at);
    stopped ??= { wall: at, monotonic: monotonic() };
    keep();
  };
  globalThis.setAhead = (ms) => {
    clocks.wall += ms;
    clocks.monotonic += ms;
    keep();
  };
  const nextTask = () =>
    new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve(port1.close());
      port2.postMessage(undefined);
    });
  globalThis.passTime = async (ms) => {
    for (let left = ms; ; await nextTask()) {
      const now = performance.now();
      const [next] = [...waiting.values()].toSorted((one, other) => one.due - other.due);
      const step = next ? Math.max(0, next.due - now) : Infinity;
      if (step > left) return setAhead(left);
      setAhead(step);
      left -= step;
      next.fire();
    }
  };
};
