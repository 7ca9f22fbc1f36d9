// Whether an answer is a refusal that a client can believe.

import { ENDING, isForeign } from "../src/response.js";
import { quoted } from "./secrets.js";
import { headersOf } from "./token.js";
import { right, warning, wrong } from "./verdict.js";

/** What some servers answer instead. */
const UNUSUAL = [404, 410, 419, 422, 440];

/** Whether a challenge has browsers ask for a password (RFC 7617, RFC 4559, RFC 7616). */
export const asksForPassword = (challenge) =>
  /(^|,)\s*(basic|negotiate|ntlm|digest)\b/i.test(challenge);

/** Whether it says that there is no such session. */
export const isRefusal = ({ status }) => ENDING.includes(status) || UNUSUAL.includes(status);

/** What is to be said about the answer to a refresh `what`, such as "without a cookie". */
export function judge(answer, what) {
  const { status } = answer;
  const seen = `A refresh ${what} is answered ${status}`;
  const advice = 'Answer 401 with JSON, such as {"error": "invalid_grant"}.';
  if (answer.isOk)
    return wrong(`${seen}: somebody without a session is granted one, or told so.`, advice);
  if (answer.isRedirect) {
    return wrong(
      `${seen}, a redirect: the client follows none, and cannot tell the end of the session.`,
      advice,
    );
  }
  if (status >= 500)
    return wrong(`${seen}: taken for a disturbance, it is tried again and again.`, advice);
  if (status === 429) {
    return warning(
      `${seen}: there were too many requests to see how it is refused.`,
      "Try again, with a higher limit.",
    );
  }
  if (!isRefusal(answer))
    return wrong(`${seen}, which does not say that the session is over.`, advice);
  const challenge = answer.headers["www-authenticate"];
  if (isForeign(headersOf(answer))) {
    const sign = answer.type.includes("html")
      ? "HTML: so does a captive portal or a proxy"
      : `WWW-Authenticate: ${quoted(challenge)}: so do proxies that ask for a password`;
    return wrong(`${seen} with ${sign}, so it is not believed.`, advice);
  }
  if (asksForPassword(challenge)) {
    return warning(
      `${seen} with WWW-Authenticate: ${quoted(challenge)}: browsers ask for a password.`,
      "Leave it out, or send Bearer.",
    );
  }
  if (!answer.isJson) {
    return warning(
      `${seen} with ${answer.type || "no content type"} and not with JSON: a proxy could say the same.`,
      advice,
    );
  }
  if (!ENDING.includes(status)) {
    return warning(
      `${seen}, which is not among the statuses that end a session by default.`,
      "Answer 401, or name the status to the client.",
    );
  }
  return right(`${seen}, in JSON.`);
}
