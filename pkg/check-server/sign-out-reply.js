// What the reply to a sign-out says to the client: the rule of `Head::signed_out` in src/session/answer.rs. A table holds both
// to it: tests/check-server/sign-out-replies.tsv.

const HTML = /^\s*(text\/html|application\/xhtml)/i;
/** Browsers, and proxies in front of a server, ask for a password so. */
const PASSWORD = /^\s*(basic|negotiate|ntlm)/i;
/** The server was busy, or too slow. */
const BUSY = [408, 425, 429];

/** `"confirmed"`; `"refused"`: a refresh tells whether the session is over; `"unconfirmed"`: it is tried again. */
export function readReply({ status, headers }) {
  if (HTML.test(headers["content-type"] ?? "") || PASSWORD.test(headers["www-authenticate"] ?? ""))
    return "unconfirmed";
  if (status >= 200 && status < 300) return "confirmed";
  return status >= 500 || BUSY.includes(status) ? "unconfirmed" : "refused";
}
