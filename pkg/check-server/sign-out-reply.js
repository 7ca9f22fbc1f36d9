// What the reply to a sign-out says to the client: the rule of `Head::signed_out` in
// src/format/response.rs. A table holds both to it: tests/check-server/sign-out-replies.tsv.

import { isForeign, isPage } from "../src/response.js";
import { headersOf } from "./token.js";

/** The server was busy, or too slow. */
const BUSY = [408, 425, 429];

/**
 * `"confirmed"`; `"refused"`: a refresh tells whether the session is over; `"unconfirmed"`: it is
 * tried again.
 */
export function readReply({ status, headers, text }) {
  const isOk = status >= 200 && status < 300;
  const isUntyped = !headers["content-type"]?.trim();
  if (isForeign(headersOf({ headers })) || (isOk && isUntyped && isPage(text)))
    return "unconfirmed";
  if (isOk) return "confirmed";
  return status >= 500 || BUSY.includes(status) ? "unconfirmed" : "refused";
}
