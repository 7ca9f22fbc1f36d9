// Requests that a foreign page can have a browser send.

import { domainMatches } from "../set-cookie.js";
import { tokensIn } from "../token.js";
import { NotTried, right, warning, wrong } from "../verdict.js";

const ADVICE =
  "Refuse a refresh without the attempt header, or with an Origin that is not the page's.";

/** Whether browsers keep the cookie from requests of other sites. */
function isKept({ main, answers }) {
  const set = [answers.first, answers.signIn]
    .map((answer) => answer && main.cookieOf(answer))
    .find(Boolean);
  return ["strict", "lax"].includes(set?.sameSite);
}

/** What came of a forged request with the cookie: the answer, whether it is a refresh, whether the session lives on. */
async function forge(kit, method, form) {
  const session = await kit.anySession();
  const forged = await session.forge(method, form);
  const isRefresh =
    forged.isOk && (Boolean(session.cookieOf(forged)) || tokensIn(forged, kit.options).length > 0);
  return { status: forged.status, isRefresh, lives: (await session.refresh()).isOk };
}

async function form(kit) {
  const { method } = kit.options;
  if (method !== "POST") throw new NotTried(`a form cannot send ${method}`);
  const { status, isRefresh, lives } = await forge(kit, "POST", {
    type: "application/x-www-form-urlencoded",
    body: "a=b",
  });
  if (!isRefresh && lives)
    return right(`The form of a foreign page is answered ${status}, and rotates nothing.`);
  if (!isRefresh) {
    return wrong(
      `The form of a foreign page is answered ${status}, and ends the session.`,
      "Leave the session alone where a request is refused for what it looks like.",
    );
  }
  if (!isKept(kit)) {
    return wrong(
      "The form of a foreign page rotates the cookie, and no SameSite keeps the cookie from it.",
      ADVICE,
    );
  }
  return warning(
    "A form rotates the cookie. SameSite keeps the cookie from forms of other sites, but not from those of sibling subdomains.",
    ADVICE,
  );
}

async function get(kit) {
  if (kit.options.method === "GET") {
    return warning(
      "A refresh is a GET: links, images and prefetching browsers send it too.",
      "Take POST.",
    );
  }
  const { status, isRefresh, lives } = await forge(kit, "GET");
  if (isRefresh) {
    return wrong(
      "A GET rotates the cookie: a link or an image is enough.",
      "Take the refresh by POST only.",
    );
  }
  if (!lives) {
    return wrong(
      `A GET is answered ${status}, and ends the session.`,
      "Answer 405, and leave the session alone.",
    );
  }
  return right(`A GET is answered ${status}, and rotates nothing.`);
}

async function token(kit) {
  const { csrfCookie } = kit.options;
  if (!csrfCookie) throw new NotTried("there is no --csrf-cookie");
  const session = await kit.anySession();
  const cookie = session.csrfCookie();
  if (!cookie) {
    return wrong(
      `The cookie ${csrfCookie} was not set.`,
      "Set it with the session, or name the page that sets it by --visit.",
    );
  }
  if (cookie.httpOnly || !domainMatches(new URL(kit.options.origin).hostname, cookie)) {
    return wrong(
      `The page cannot read the cookie ${csrfCookie}.`,
      "Set it without HttpOnly, and with a Domain that the page lies in.",
    );
  }
  const answer = await session.refresh({ csrf: false });
  if (answer.isOk) {
    return wrong(
      "A refresh without the CSRF header is granted: nobody compares it.",
      "Compare the header with the cookie, and refuse where they differ.",
    );
  }
  const after = await session.refresh();
  if (!after.isOk) {
    return wrong(
      "A refresh without the CSRF header ends the session.",
      "Leave the session alone where the header is missing.",
    );
  }
  return right(`A refresh without the CSRF header is refused with ${answer.status}.`);
}

export const CSRF = [
  { name: "csrf-form", source: "RFC 10017, CSRF", run: form },
  { name: "csrf-get", source: "RFC 9110, section 9.2.1; RFC 10017, CSRF", run: get },
  { name: "csrf-token", source: "RFC 10017, CSRF", run: token },
];
