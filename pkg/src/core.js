// The wasm: made out of the text that is part of the package, once per page.

import { Core, initSync } from "../dist/silent_session.js";
import { order, text } from "../dist/wasm.js";
import { decode } from "./decode.js";
import { makeError } from "./errors.js";
import { documentOfPage } from "./globals.js";
import { Port } from "./port.js";

/** A second crash within so many milliseconds is the last. */
const CRASHES_APART = 60_000;

/** The compiled wasm, or what resolves to it. */
let compiled;
let isRunning = false;
let lastCrash;
/** All drivers that have a core. */
const drivers = new Set();

/** Chromium before 114 compiles at most 4 kB on the main thread, and throws a `RangeError`. */
function compile() {
  const bytes = decode(text, order);
  try {
    return new WebAssembly.Module(bytes);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return WebAssembly.compile(bytes).then(
      (module) => (compiled = module),
      (error) => {
        compiled = undefined;
        throw error;
      },
    );
  }
}

/** Gives the driver a core: at once, or later where the wasm cannot be compiled at once; or says why there is none. */
export function openCore(driver, options) {
  const fail = (error) => driver.fail(unavailable(error));
  const begin = () => {
    if (!isRunning) initSync({ module: compiled });
    isRunning = true;
    for (const known of drivers) if (known.deref() === undefined) drivers.delete(known);
    drivers.add(new WeakRef(driver));
    driver.begin(makeCore(driver, options));
  };
  try {
    compiled ??= compile();
    if (typeof compiled.then !== "function") begin();
    else compiled.then(begin).catch(fail);
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
  return said(makeError("ERR_WASM_UNAVAILABLE", { cause }, hint));
}

/** Says it once on the console. */
function said(error) {
  console.error(`silent-session: ${error.message}`);
  return error;
}

/**
 * The wasm has crashed, for whatever reason: none of its sessions can go on. Once nothing of it is running any more, they start again
 * with a fresh instance.
 */
export function crash(cause) {
  const now = performance.now();
  const isLast = now - lastCrash < CRASHES_APART;
  lastCrash = now;
  const error = said(makeError("ERR_WASM_CRASHED", { cause, retryable: !isLast }));
  const lost = [...drivers].map((driver) => driver.deref()).filter(Boolean);
  drivers.clear();
  isRunning = false;
  for (const driver of lost) isLast ? driver.fail(error) : driver.lose(error);
  if (isLast) return;
  queueMicrotask(() => {
    for (const driver of lost) driver.restart();
  });
}
