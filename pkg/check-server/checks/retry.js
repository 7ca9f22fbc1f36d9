// What becomes of a session whose answer was lost on the way: the weak moment of a rotating cookie.

import { newAttempt } from "../attempt.js";
import { isRefusal } from "../refusal.js";
import { NotTried, right, warning, wrong } from "../verdict.js";
import { grace, predecessor } from "./rotation.js";

const ADVICE =
  "Answer a retry under the same attempt id with the same successor, for a minute and while that was never presented; or accept the preceding cookie for so long.";

/** The same refresh again, its answer having been lost. */
export const lost = (kit) =>
  kit.once("lost", async () => {
    const session = await kit.newSession();
    const attempt = newAttempt();
    const successor = session.cookieOf(
      kit.granted(await session.refresh({ attempt, keep: false })),
    )?.value;
    const retried = await session.refresh({ attempt });
    if (retried.isOk)
      return { retried, isSame: session.value === successor, next: await session.refresh() };
    return { retried, hasGrace: await grace(kit) };
  });

async function lostAnswer(kit) {
  const { retried, next, hasGrace } = await lost(kit);
  if (next?.isOk)
    return right(
      "A retry under the same attempt id is answered, and the cookie that it brings works.",
    );
  if (next) {
    return wrong(
      `An answer that is lost signs the user out: the retry under the same attempt id is answered, and the cookie that it brings is refused with ${next.status}.`,
      ADVICE,
    );
  }
  if (hasGrace)
    return right("The preceding cookie is accepted while its successor was never presented.");
  return wrong(
    `An answer that is lost signs the user out: the retry under the same attempt id is answered ${retried.status}, and so is the preceding cookie under another.`,
    ADVICE,
  );
}

/** The answer has come, and the client does not know: it presents the successor under the id that made it. */
async function arrived(kit) {
  const session = await kit.newSession();
  const attempt = newAttempt();
  kit.granted(await session.refresh({ attempt }));
  const again = await session.refresh({ attempt });
  const next = again.isOk ? await session.refresh() : again;
  if (next.isOk) return right("The new cookie is accepted under the attempt id that made it.");
  return wrong(
    `The new cookie, presented under the attempt id that made it, ends in ${next.status}: a page that was closed in the middle of a refresh signs the user out.`,
    "Answer the successor under its own attempt id with itself, or rotate it.",
  );
}

/** A browser sends a request twice by itself when the connection dies under it: the first may still be at work. */
async function resent(kit) {
  const session = await kit.newSession();
  const attempt = newAttempt();
  const send = () => session.refresh({ attempt });
  const both = await Promise.all([send(), send()]);
  const bad = [...both, await session.refresh()].find(({ isOk }) => !isOk);
  if (!bad)
    return right("A refresh that comes twice at once is answered twice, and the cookie works.");
  const { next, hasGrace } = await lost(kit);
  if (isRefusal(bad) && !next?.isOk && !hasGrace) {
    throw new NotTried("two that come one after the other are not both granted: see lost-answer");
  }
  return wrong(
    `A refresh that comes twice at once, as browsers send it when a connection dies, ends in ${bad.status}.`,
    "Rotate in one transaction, let the second wait for the first, and answer it with the same successor.",
  );
}

/** Whether a retry is answered with the same successor because of its attempt id. */
export async function recognisesAttempts(kit) {
  const { retried, isSame, next } = await lost(kit);
  if (!retried.isOk || !next.isOk || !isSame) return false;
  // Some give out that successor whatever the id is.
  const { again, isSame: isSameWithout } = await predecessor(kit);
  return !(again.isOk && isSameWithout);
}

/** Whether the client can know by itself that a retry does no harm. */
async function returned(kit) {
  const { retried } = await lost(kit);
  const name = kit.options.attemptHeader;
  if (!kit.isReturned()) {
    if (!(await recognisesAttempts(kit)))
      throw new NotTried("attempt ids are not recognised, and not returned");
    return warning(
      "Attempt ids are recognised, and the client cannot know it.",
      `Return the id in ${name} with each refresh that is accepted, or tell the client: server: { rotation: "replays" }.`,
    );
  }
  if (retried.isOk)
    return right(
      "An accepted refresh returns its attempt id: the client knows that a retry does no harm.",
    );
  return wrong(
    `An accepted refresh returns its attempt id, and a retry under that is answered ${retried.status}: the client takes it for safe.`,
    `Recognise attempt ids, or leave ${name} out of the answer.`,
  );
}

const RULE = "docs/rotation.md, What a server should do";

export const RETRY = [
  { name: "lost-answer", source: `${RULE}; RFC 9700, section 4.14.2`, run: lostAnswer },
  { name: "arrived-answer", source: RULE, run: arrived },
  { name: "attempt-returned", source: RULE, run: returned },
  { name: "resent-at-once", source: `${RULE}; RFC 9110, section 9.2.2`, run: resent },
];
