// What the client has to be told of the server, concluded from what the checks have seen.

import { lost, recognisesAttempts } from "./checks/retry.js";
import { predecessor } from "./checks/rotation.js";
import { NoAnswer } from "./exchange.js";
import { NotTried } from "./verdict.js";

/** What each kind means, in one sentence. */
const MEANING = {
  none: "The cookie that was presented is accepted again.",
  replays: "A retry under the same attempt id is answered with the same cookie.",
  refuses: "A spent cookie is refused, and the session goes on.",
  revokes: "Presenting a spent cookie ends the session.",
};

/**
 * The server's habits: `rotation`, as the option `server.rotation` has it, with its `meaning`; and whether it `returnsAttempts`. What could not
 * be tried is undefined.
 */
export async function habitsOf(kit) {
  const rotation = await rotationOf(kit).catch((error) => {
    if (error instanceof NotTried || error instanceof NoAnswer) return undefined;
    throw error;
  });
  return { rotation, meaning: MEANING[rotation], returnsAttempts: kit.isReturned() };
}

async function rotationOf(kit) {
  const { main, answers } = kit;
  const [first, second] = [answers.first, answers.second].map(
    (answer) => main.cookieOf(kit.granted(answer))?.value,
  );
  if (second === undefined || first === second) return "none";
  if (await recognisesAttempts(kit)) return "replays";
  const { again, deletes, after } = await predecessor(kit);
  if (again.isOk && after.isOk) return "none";
  if ((await lost(kit)).next?.isOk) return "replays";
  // A refusal that deletes the cookie may come later than the answer that has set a newer one.
  return after.isOk && !deletes ? "refuses" : "revokes";
}
