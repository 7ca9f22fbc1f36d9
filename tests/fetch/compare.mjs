// Makes calls in several ways, and compares what came of them.

import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";

/** For marks that are used once. */
let runs = 0;

/**
 * Makes calls in two ways, native fetch's first, so many at a time; `compare` gets what came of each. A way may have something to
 * do `before` each call, and keep what it has `seen`, by name, for the next comparison.
 */
export async function compareAll(stage, names, ways, atATime, compare) {
  const rest = [...names.entries()];
  const run = (runs += 1);
  const failures = [];
  const work = async () => {
    for (let next = rest.shift(); next; next = rest.shift()) {
      const [index, name] = next;
      const seen = [];
      for (const way of ways) {
        await way.before?.();
        const kept = way.seen?.get(name);
        const made = kept ?? (await observe(stage, name, way, `${way.mark}-${run}-${index}.`));
        // The URL of a blob is another one in each page.
        if (!made.caller.outcome?.url?.startsWith("blob:")) way.seen?.set(name, made);
        seen.push(made);
      }
      try {
        compare(name, ...seen);
      } catch (error) {
        failures.push(`${name}: ${error.message}`);
      }
    }
  };
  await Promise.all(Array.from({ length: atATime }, work));
  assert.equal(failures.length, 0, failures.join("\n"));
}

/** One call: what the caller saw, and what the servers did. */
async function observe(stage, name, { how, more }, mark) {
  const caller = await stage.page.evaluate((args) => observe(...args), [name, how, mark, more]);
  const server = stage.recorder.of(`mark=${mark}`).map((record) => plain(record, mark));
  return { caller, server };
}

/** What the server saw, without what differs between any two calls. */
function plain({ origin, method, url, headers, body }, mark) {
  const { authorization, ...others } = headers;
  // Each form has a boundary of its own.
  const boundary = /boundary=(\S+)/.exec(headers["content-type"])?.[1] ?? "no boundary";
  const text = (value) => {
    const known = value.replaceAll(mark, "mark.").replaceAll(/&refuse|%26refuse/g, "");
    return known.replaceAll(boundary, "boundary");
  };
  const sentBody = text(body.toString("latin1"));
  // Firefox makes some boundaries longer than others.
  if (boundary !== "no boundary" && others["content-length"] === String(body.length))
    others["content-length"] = String(sentBody.length);
  const sent = Object.entries(others).map(([name, value]) => [name, text(value)]);
  return { origin, method, url: text(url), headers: sent, body: sentBody, authorization };
}

/** They are the same; what differs goes into one line. */
export function same(actual, expected) {
  if (!isDeepStrictEqual(actual, expected)) {
    throw new Error(
      `\n  session ${JSON.stringify(actual)}\n  native  ${JSON.stringify(expected)}\n`,
    );
  }
}
