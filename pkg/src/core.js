// The wasm: made out of the text that is part of the package, once per page.

import { Core, imports, use } from "../dist/silent_session.js";
import { makeError } from "./errors.js";
import { documentOfPage } from "./globals.js";
import { Port } from "./port.js";

/** A second crash within so many milliseconds is the last. */
const CRASHES_APART = 60_000;

/** The compiled wasm, or a promise of it. */
let compiled;
/** The promise of an instance, while one is made. */
let instantiating;
/** Whether there is an instance that has not crashed. */
let isRunning = false;
/** Whether what has crashed may still be on the stack: nothing starts before it is gone. */
let isCrashing = false;
let lastCrash;
/** Whether the console has been told that there is no wasm. */
let hasComplained = false;
/** Weak references to all drivers that have a core, or are to have one. */
const drivers = new Set();

/**
 * Does something at once, or later where the browser refuses that: Chromium before 114 throws a `RangeError` on the main thread
 * where a wasm of more than 4 kB is compiled or instantiated.
 */
function orLater(now, later) {
  try {
    return now();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return later();
  }
}

/** Compiles the wasm: at once, or else `compiled` is a promise for a while. */
function compile(bytes) {
  compiled = orLater(
    () => new WebAssembly.Module(bytes),
    () =>
      WebAssembly.compile(bytes).then(
        (module) => {
          compiled = module;
        },
        (error) => {
          compiled = undefined;
          throw error;
        },
      ),
  );
}

/** Has an instance: at once, or else returns a promise. */
function instantiate() {
  if (isRunning) return undefined;
  instantiating ??= orLater(
    () => void begin(new WebAssembly.Instance(compiled, imports())),
    () =>
      WebAssembly.instantiate(compiled, imports())
        .then(begin)
        .finally(() => {
          instantiating = undefined;
        }),
  );
  return instantiating;
}

function begin(instance) {
  use(instance);
  isRunning = true;
}

/** Gives the driver a core: at once, or later where the wasm cannot be compiled at once; or says why there is none. */
export function openCore(driver, options) {
  for (const known of drivers) if (known.deref() === undefined) drivers.delete(known);
  drivers.add(driver.weakly);
  const fail = (error) => {
    drivers.delete(driver.weakly);
    driver.fail(unavailable(error));
  };
  const open = () => {
    // After the crash it is started with all others.
    if (isCrashing) return undefined;
    const instantiated = instantiate();
    if (instantiated) return instantiated.then(open);
    let core;
    try {
      core = makeCore(driver, options);
    } catch (error) {
      crash(error);
      return undefined;
    }
    driver.begin(core);
    return undefined;
  };
  try {
    if (compiled === undefined) compile(options.readWasm());
    const opened = typeof compiled.then === "function" ? compiled.then(open) : open();
    opened?.catch(fail);
  } catch (error) {
    fail(error);
  }
}

function makeCore(driver, options) {
  const { leeway, timeout, patience, lockTimeout, rotation } = options;
  // In the order of `Core::new`.
  const flags = [
    options.refreshAhead ?? true,
    options.restore ?? true,
    options.hasNone ?? false,
    options.shareToken ?? true,
    options.signOutBy !== undefined,
    options.signOutBy !== undefined && options.signOutToken === true,
    // A worker's requests do not outlive it.
    documentOfPage() === undefined,
  ].reduce((flags, flag, bit) => flags | (Number(flag) << bit), 0);
  const ms = [leeway, timeout, patience, lockTimeout].map((seconds) =>
    seconds === undefined ? Number.NaN : Math.round(seconds * 1000),
  );
  driver.port = new Port(driver);
  return new Core(driver.port, ...ms, flags, rotation ?? "");
}

/** Why there is no wasm. The commonest cause by far deserves a sentence of its own. */
function unavailable(cause) {
  const isForbidden = /content.security.policy|\bCSP\b/i.test(cause?.message);
  const hint = isForbidden
    ? "the page's Content-Security-Policy forbids WebAssembly: its script-src needs 'wasm-unsafe-eval'"
    : undefined;
  const error = makeError("ERR_WASM_UNAVAILABLE", { cause }, hint);
  if (!hasComplained) say(error);
  hasComplained = true;
  return error;
}

const say = ({ message }) => console.error(`silent-session: ${message}`);

const GIVEN_UP =
  "the WebAssembly module has crashed twice within a minute, and is not started again";

/** The wasm has crashed. Once it is off the stack, its sessions start again with a fresh one. */
export function crash(cause) {
  const now = clock();
  const isLast = lastCrash !== undefined && !(now - lastCrash >= CRASHES_APART);
  lastCrash = now;
  const details = { cause, retryable: !isLast };
  const error = makeError("ERR_WASM_CRASHED", details, isLast ? GIVEN_UP : undefined);
  say(error);
  isCrashing = true;
  isRunning = false;
  const lost = alive();
  if (isLast) drivers.clear();
  // All of them first: whoever hears of one may call another.
  for (const driver of lost) driver.lose(error);
  for (const driver of lost) isLast ? driver.fail(error) : driver.publishError(error);
  queueMicrotask(() => {
    isCrashing = false;
    for (const driver of alive()) driver.restart();
  });
}

const alive = () => [...drivers].map((known) => known.deref()).filter(Boolean);

/** The time in milliseconds; NaN where the page's clock throws, which may have been the crash. */
function clock() {
  try {
    return performance.now();
  } catch {
    return Number.NaN;
  }
}
