// How the API gets the token, and how it says that it is no good.

import { memberOf } from "../arguments.js";
import { ownOrigin } from "../globals.js";
import { flag, headerName, invalid, isRefusal, known, TOKEN } from "./checks.js";
import { readUrl } from "./endpoints.js";

/** Headers that say what a body is, or what is wanted: a request that has one is not a request of the caller's own. */
const NOT_FOR_TOKENS = /^(accept|accept-language|content-language|content-type)$/i;

const DEFAULT_ATTACH = Object.freeze({
  header: "Authorization",
  scheme: "Bearer",
  followRedirects: false,
});

/** How the token is attached, completed. */
export function readAttach(attach = {}) {
  if (attach === null || typeof attach !== "object") throw invalid("attach", "must be an object");
  const members = known(attach, Object.keys(DEFAULT_ATTACH), "attach.");
  const { header = DEFAULT_ATTACH.header, scheme = DEFAULT_ATTACH.scheme } = members;
  if (NOT_FOR_TOKENS.test(headerName("attach.header", header)))
    throw invalid("attach.header", "must be a header that requests do not have anyway");
  if (typeof scheme !== "string" || !(scheme === "" || TOKEN.test(scheme))) {
    throw invalid("attach.scheme", "must be one word, or empty");
  }
  const followRedirects =
    flag("attach.followRedirects", members.followRedirects) ?? DEFAULT_ATTACH.followRedirects;
  // At a redirect to another origin fetch drops `Authorization`, and no other header (the Fetch standard, "HTTP-redirect fetch").
  const isUnredirected = !followRedirects && !/^authorization$/i.test(header);
  return { header, scheme, isUnredirected };
}

/**
 * Which answers reject the token, by default those of status 401 (RFC 9110, section 15.5.2). Returns a function that returns `true`,
 * `false`, nothing or a promise of one of these.
 */
export function readRejectsToken(rejects = [401]) {
  if (typeof rejects === "function") return (response) => ask(rejects, response);
  if (!Array.isArray(rejects))
    throw invalid("rejectsToken", "must be a list of statuses, or a function");
  for (const [index, status] of rejects.entries())
    if (!isRefusal(status))
      throw invalid(`rejectsToken[${index}]`, "must be a status from 400 to 599");
  const statuses = [...rejects];
  return (response) => statuses.includes(memberOf(response, "status"));
}

/** What it throws is reported: nobody knows then, and the answer is the caller's. */
function ask(rejects, response) {
  try {
    const told = rejects(response);
    return typeof told?.then === "function"
      ? Promise.resolve(told).then(Boolean, reportError)
      : Boolean(told);
  } catch (error) {
    reportError(error);
  }
}

/** Where the token may go: absolute URLs. */
export function readTargets(list) {
  if (list === undefined) return [ownOrigin() ?? ""];
  if (!Array.isArray(list))
    throw invalid("sendTokenTo", "must be a list of origins or URL prefixes");
  return list.map((entry, index) => {
    const { href, search, hash, username, password } = readUrl(`sendTokenTo[${index}]`, entry);
    if (search || hash || username || password) {
      throw invalid(
        `sendTokenTo[${index}]`,
        "must be an origin or a path, without user, query and fragment",
      );
    }
    return href;
  });
}
