// Makes all checks.

import { GROUPS } from "./checks/index.js";
import { NoAnswer } from "./exchange.js";
import { habitsOf } from "./habits.js";
import { Kit } from "./kit.js";
import { CannotTry, NOT_TRIED, NotTried, WARNING, WRONG, wrong } from "./verdict.js";

/**
 * Tries a server; returns what each check came to, `results`, and what is concluded of its `habits`. Throws `CannotTry` where there is no
 * server or no session.
 */
export async function tryServer(options) {
  const kit = new Kit(options);
  try {
    await kit.begin();
  } catch (error) {
    if (error instanceof NoAnswer)
      throw new CannotTry(kit.secrets.mask(`there was no answer: ${error.message}`));
    throw error;
  }
  const results = [];
  for (const { title, checks } of GROUPS) {
    for (const { name, source, run } of checks) {
      const outcome = allowed(await attempt(run, kit), options.allow.includes(name));
      for (const part of ["seen", "advice"])
        if (outcome[part]) outcome[part] = kit.secrets.mask(outcome[part]);
      results.push({ name, group: title, ...outcome, source });
    }
  }
  return { results, habits: await habitsOf(kit) };
}

async function attempt(run, kit) {
  try {
    return await run(kit);
  } catch (error) {
    if (error instanceof NotTried) return { verdict: NOT_TRIED, seen: error.message };
    if (error instanceof NoAnswer) {
      return wrong(
        `A request of this check had no answer: ${error.message}.`,
        "Answer every request, whatever comes.",
      );
    }
    throw error;
  }
}

/** What is wrong, is known and is to stay so is a warning. */
function allowed(outcome, isAllowed) {
  return isAllowed && outcome.verdict === WRONG ? { ...outcome, verdict: WARNING } : outcome;
}
