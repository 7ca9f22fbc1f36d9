// The sign-out, and what it leaves behind.

import { isRefusal } from "../refusal.js";
import { quoted } from "../secrets.js";
import { readReply } from "../sign-out-reply.js";
import { findToken } from "../token.js";
import { NotTried, right, warning, wrong } from "../verdict.js";

/** Signs out a session that was refreshed once, and presents its cookie again. */
function signedOut(kit) {
  if (!kit.options.signOut) throw new NotTried("there is no --sign-out");
  return kit.once("signed-out", async () => {
    const session = await kit.anySession();
    const refreshed = kit.granted(await session.refresh());
    const token = findToken(refreshed, kit.options)?.token;
    const answer = await session.signOut({ token });
    const after = await session.refresh({ keep: false });
    return { session, refreshed, token, answer, after };
  });
}

async function done(kit) {
  const { answer } = await signedOut(kit);
  const seen = `A sign-out is answered ${answer.status}`;
  if (readReply(answer) === "confirmed") return right(`${seen}.`);
  if (answer.isRedirect)
    return wrong(`${seen}, a redirect, which the client does not follow.`, "Answer 204.");
  if (answer.isOk) {
    const sign = answer.headers["www-authenticate"] ? "a challenge" : "HTML";
    return wrong(
      `${seen} with ${sign}: so does a portal or a proxy, so it is not believed.`,
      "Answer 204.",
    );
  }
  if (answer.status === 401 && !kit.options.signOutToken) {
    const advice =
      "If the endpoint requires the access token, give --sign-out-token, and the client signOut: { url, token: true }.";
    return wrong(`${seen}: the client does not take that for done.`, advice);
  }
  return wrong(`${seen}: the client does not take that for done.`, "Answer 204.");
}

async function clears(kit) {
  const { session, refreshed, answer } = await signedOut(kit);
  const cleared = session.cookieOf(answer);
  const set =
    session.cookieOf(refreshed) ?? (kit.answers.signIn && session.cookieOf(kit.answers.signIn));
  const advice = "Set the cookie with Max-Age=0, and the Path and Domain that it was set with.";
  if (!cleared) return wrong("A sign-out does not delete the cookie.", advice);
  if (!cleared.isDeleted) return wrong("A sign-out sets a cookie that lives on.", advice);
  const isSame =
    !set ||
    (set.path === cleared.path &&
      set.domain === cleared.domain &&
      set.hasDomain === cleared.hasDomain);
  if (isSame) return right("A sign-out deletes the cookie.");
  return wrong(
    "A sign-out deletes a cookie of another Path or Domain: the browser keeps the one that was set.",
    advice,
  );
}

async function ends(kit) {
  const { after } = await signedOut(kit);
  if (isRefusal(after))
    return right(`After a sign-out the cookie is refused with ${after.status}.`);
  return wrong(
    `After a sign-out the cookie that was copied before is answered ${after.status}: the session goes on.`,
    "End the session on the server; deleting the cookie is not enough.",
  );
}

async function again(kit) {
  const { token } = await signedOut(kit);
  const answer = await kit.main.signOut({ value: "", token });
  const seen = `A sign-out without a session is answered ${answer.status}`;
  const advice = "Answer 204: who is not signed in is signed out.";
  const says = readReply(answer);
  if (says === "confirmed") return right(`${seen}.`);
  if (says === "refused")
    return warning(`${seen}; the client asks by a refresh or two whether that is so.`, advice);
  const html = answer.type.includes("html") ? " with HTML" : "";
  return wrong(`${seen}${html}: the client tries it again.`, advice);
}

async function storage(kit) {
  const { answer } = await signedOut(kit);
  const value = answer.headers["clear-site-data"];
  if (value === undefined) return right("A sign-out leaves the page's storage alone.");
  if (!/"(storage|\*)"/.test(value)) {
    return right(`A sign-out clears ${quoted(value)}, and leaves the page's storage alone.`);
  }
  return wrong(
    `A sign-out has Clear-Site-Data: ${quoted(value)}, which deletes what the client has written down about the sign-out.`,
    'Send Clear-Site-Data: "cookies", or "cache", or none.',
  );
}

async function noStore(kit) {
  const { answer } = await signedOut(kit);
  if (answer.list("cache-control").includes("no-store"))
    return right("The answer to a sign-out is not stored.");
  return warning("The answer to a sign-out has no Cache-Control: no-store.", "Add it.");
}

const RULE = "README, Sign out";

export const SIGN_OUT = [
  { name: "sign-out-answer", source: RULE, run: done },
  { name: "sign-out-cookie", source: "RFC 6265bis, storage model", run: clears },
  { name: "sign-out-session", source: "RFC 9700, section 4.14.2", run: ends },
  { name: "sign-out-again", source: `${RULE}; RFC 7009, section 2.2`, run: again },
  { name: "sign-out-storage", source: `Clear Site Data; ${RULE}`, run: storage },
  { name: "sign-out-no-store", source: "RFC 9111, section 5.2.2.5", run: noStore },
];
