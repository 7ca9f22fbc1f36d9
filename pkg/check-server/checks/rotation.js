// Whether a refresh cookie works once.

import { setTimeout as pause } from "node:timers/promises";

import { isRefusal } from "../refusal.js";
import { NotTried, right, warning, wrong } from "../verdict.js";

/** Two refreshes have to bring two values. */
function rotation(kit) {
  const { main, answers } = kit;
  kit.granted(answers.second);
  const [one, other] = [answers.first, answers.second].map(
    (answer) => main.cookieOf(answer)?.value,
  );
  if (one !== undefined && other !== undefined && one !== other)
    return right("Each refresh brings another cookie.");
  return wrong(
    "The cookie stays the same over a refresh: a stolen one works as long as the session lasts.",
    "Set a new refresh token at each refresh, and refuse the spent one.",
  );
}

/** Presents a spent cookie when its successor has been presented; what came of it, and of the newest cookie. */
const reuse = (kit) =>
  kit.once("reuse", async () => {
    const session = await kit.newSession();
    const spent = session.value;
    kit.granted(await session.refresh());
    kit.granted(await session.refresh());
    if (session.value === spent) throw new NotTried("the cookie is not rotated");
    await pause(kit.options.grace * 1000);
    const reused = await session.refresh({ value: spent, keep: false });
    return { reused, newest: await session.refresh() };
  });

async function refused(kit) {
  const { reused } = await reuse(kit);
  if (reused.isOk) {
    return wrong(
      "A spent cookie is accepted, though its successor has been presented: a stolen one goes unnoticed.",
      "Refuse it, and end the session. If the server has a grace of some seconds, say so by --grace SECONDS.",
    );
  }
  if (isRefusal(reused)) {
    return right(
      `A spent cookie is refused with ${reused.status}, once its successor has been presented.`,
    );
  }
  return wrong(
    `A spent cookie is answered ${reused.status}, which does not say that it is refused.`,
    "Answer 401 with JSON.",
  );
}

async function family(kit) {
  const { reused, newest } = await reuse(kit);
  if (reused.isOk) throw new NotTried("the reuse is not noticed");
  if (!newest.isOk)
    return right("A reuse ends the session: the newest cookie is refused from then on.");
  return warning(
    "After a reuse the newest cookie still works: if a thief has that one, they stay.",
    "Revoke all refresh tokens of the sign-in when a spent one is presented.",
  );
}

/** Two refreshes at once, with ids of their own: of a server that takes no spent cookie, one may be granted. */
async function atOnce(kit) {
  const session = await kit.newSession();
  const send = () => session.refresh({ keep: false });
  const both = await Promise.all([send(), send()]);
  const bad = both.find((answer) => !answer.isOk && !isRefusal(answer));
  if (bad) {
    return wrong(
      `Of two refreshes at once one is answered ${bad.status}.`,
      "Rotate in one transaction, and let the second wait for the first.",
    );
  }
  if (!both.some(({ isOk }) => isOk)) {
    return wrong(
      "Two refreshes at once are both refused: the session is lost.",
      "Grant the first of them.",
    );
  }
  if (!both.every(({ isOk }) => isOk)) return right("Of two refreshes at once one is granted.");
  if (session.cookieOf(both[0]) === undefined || (await grace(kit))) {
    return right("Two refreshes at once are both granted, as they are one after the other.");
  }
  return wrong(
    "Two refreshes at once are both granted, and one after the other are not: who steals a cookie has only to be quick.",
    "Look whether the token is spent, and spend it, in one transaction.",
  );
}

/**
 * Presents the preceding cookie under another attempt id, while its successor was never presented: what came of it, and of
 * the cookie that is the newest then.
 */
export const predecessor = (kit) =>
  kit.once("predecessor", async () => {
    const session = await kit.newSession();
    const successor = session.cookieOf(kit.granted(await session.refresh({ keep: false })))?.value;
    const again = await session.refresh({ keep: false });
    const newest = again.isOk ? session.cookieOf(again)?.value : successor;
    const isSame = again.isOk && newest === successor;
    const deletes = Boolean(session.cookieOf(again)?.isDeleted);
    return { again, isSame, deletes, after: await session.refresh({ value: newest }) };
  });

/** Whether the preceding cookie is accepted, and what it brings works. */
export async function grace(kit) {
  const { again, after } = await predecessor(kit);
  return again.isOk && after.isOk;
}

const BCP = "RFC 9700, section 4.14.2";

export const ROTATION = [
  { name: "rotation", source: `${BCP}; RFC 10017, refresh tokens`, run: rotation },
  { name: "reuse-refused", source: `${BCP}; docs/rotation.md`, run: refused },
  { name: "reuse-ends-session", source: BCP, run: family },
  { name: "two-at-once", source: `${BCP}; docs/rotation.md`, run: atOnce },
];
