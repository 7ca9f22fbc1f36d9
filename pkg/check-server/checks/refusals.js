// What is no refresh, and what must not happen to a cookie then.

import { ENDING } from "../../src/response.js";
import { judge } from "../refusal.js";
import { right, wrong } from "../verdict.js";

/** Looks like a token of whatever kind, and is none. */
const GARBAGE = "no-such-refresh-token-0123456789abcdef";

async function withoutCookie(kit) {
  return judge(await kit.refused(), "without a cookie");
}

async function garbage(kit) {
  return judge(
    await kit.main.refresh({ value: GARBAGE, keep: false }),
    "with a cookie that is no good",
  );
}

/** Requests with a good cookie that are no refresh, and what comes back of them. */
async function survives(kit) {
  const session = await kit.anySession();
  const headers = { "content-type": "application/json" };
  // A GET has no body to break.
  const disturbances = [
    { method: "DELETE" },
    ...(kit.options.method === "GET" ? [] : [{ headers, body: "{" }]),
  ];
  for (const disturbance of disturbances) await session.refresh(disturbance);
  const isDisturbance = ({ status, isOk, isRedirect }) =>
    !isOk && !isRedirect && !ENDING.includes(status);
  const bad = kit.seen.find(
    (answer) => isDisturbance(answer) && kit.main.cookieOf(answer)?.isDeleted,
  );
  if (bad) {
    return wrong(
      `An answer ${bad.status}, which says nothing about the session, deletes the refresh cookie: a bad moment signs the user out.`,
      "Delete the cookie only where the session is over.",
    );
  }
  const after = await session.refresh();
  if (after.isOk)
    return right("Answers that say nothing about the session leave the cookie alone.");
  return wrong(
    `After a request with another method and one with a broken body the refresh is answered ${after.status}.`,
    "Touch the session only where a refresh has been read and is granted.",
  );
}

const REFUSED = "RFC 6749, section 5.2; README, What the server must do";

export const REFUSALS = [
  { name: "refused-without-cookie", source: REFUSED, run: withoutCookie },
  { name: "refused-garbage-cookie", source: REFUSED, run: garbage },
  {
    name: "cookie-survives-errors",
    source: "RFC 9110, section 15.6; docs/rotation.md",
    run: survives,
  },
];
