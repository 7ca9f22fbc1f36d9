// Timers that a test can stop: a page that gets somewhere without them has waited for none, however slow the machine is.

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
