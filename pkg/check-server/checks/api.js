// A protected resource, and what it makes of tokens.

import { obstacle, obstacleOfPreflight } from "../cors.js";
import { asksForPassword } from "../refusal.js";
import { quoted } from "../secrets.js";
import { findToken } from "../token.js";
import { NotTried, right, warning, wrong } from "../verdict.js";

const GARBAGE = "no-such-access-token-0123456789abcdef";

function get(kit, token) {
  const { api: url } = kit.options;
  if (!url) throw new NotTried("there is no --api");
  return kit.page.send({ method: "GET", url, headers: { authorization: `Bearer ${token}` } });
}

/** The answer to a token that is fresh. */
const welcomed = (kit) =>
  kit.once("welcomed", async () => {
    if (!kit.options.api) throw new NotTried("there is no --api");
    const session = await kit.anySession();
    const found = findToken(kit.granted(await session.refresh()), kit.options);
    if (!found) throw new NotTried("no access token was found");
    return get(kit, found.token);
  });

const refused = (kit) => kit.once("api-refused", () => get(kit, GARBAGE));

async function good(kit) {
  const { status, isOk } = await welcomed(kit);
  if (isOk) return right(`The API answers ${status} to a fresh token.`);
  return wrong(
    `The API answers ${status} to a fresh token.`,
    "Look whether it accepts tokens of this issuer and audience; name a resource that everybody may get.",
  );
}

async function bad(kit) {
  const { status, isOk, isRedirect, headers } = await refused(kit);
  const seen = `The API answers ${status} to a token that is no good`;
  const advice = 'Answer 401 with WWW-Authenticate: Bearer error="invalid_token".';
  if (isOk) return wrong(`${seen}: nothing is protected.`, advice);
  if (isRedirect)
    return wrong(`${seen}, a redirect: fetch follows it to a page, and nobody refreshes.`, advice);
  if (status === 400 || status === 422) {
    return warning(`${seen}: that will do if it answers 401 to one that has lapsed.`, advice);
  }
  if (status !== 401) return wrong(`${seen}: a 401 is what has the token refreshed.`, advice);
  const challenge = headers["www-authenticate"];
  if (challenge === undefined) return warning(`${seen}, without WWW-Authenticate.`, advice);
  if (asksForPassword(challenge)) {
    return wrong(
      `${seen} with WWW-Authenticate: ${quoted(challenge)}: browsers ask for a password.`,
      advice,
    );
  }
  if (!/(^|,)\s*(bearer|dpop)\b/i.test(challenge)) {
    return warning(`${seen} with WWW-Authenticate: ${quoted(challenge)}.`, advice);
  }
  if (/insufficient_(scope|user_authentication)/.test(challenge)) {
    return wrong(`${seen} with ${quoted(challenge)}, which no refresh can cure.`, advice);
  }
  return right(`${seen}, with a Bearer challenge.`);
}

async function cors(kit) {
  const { api: url, origin } = kit.options;
  if (url && !kit.page.isCrossOrigin(url))
    throw new NotTried(`${origin} is the API's own origin: see --origin`);
  const refusal = await refused(kit);
  const asked = { method: "GET", names: ["authorization"], credentials: false };
  const found = obstacleOfPreflight(await kit.page.preflight({ url, ...asked }), origin, asked);
  const advice =
    "Answer CORS before anything looks at the token, and with every status; allow authorization by name.";
  if (found)
    return wrong(`The preflight of the API ${found}: the browser does not send the token.`, advice);
  for (const answer of [refusal, await welcomed(kit)]) {
    const hidden = obstacle(answer, origin, { credentials: false });
    if (hidden) {
      return wrong(
        `The API's ${answer.status} ${hidden}: the page sees a dead network, and nobody refreshes.`,
        advice,
      );
    }
  }
  return right("The page may read the API's answers, refusals as well.");
}

async function cache(kit) {
  const answer = await welcomed(kit);
  const directives = answer.list("cache-control");
  const isSafe =
    directives.includes("no-store") ||
    answer.list("vary").some((name) => ["authorization", "*"].includes(name));
  if (isSafe) return right("The API's answers are not handed from one user to another by a cache.");
  const seen = "The API's answer has neither Cache-Control: no-store nor Vary: Authorization";
  const advice = "Add Cache-Control: no-store, or Vary: Authorization.";
  const isKept =
    directives.some((directive) => /^(public|immutable|(s-)?max-?age=0*[1-9])/.test(directive)) ||
    answer.headers.expires;
  if (isKept)
    return wrong(
      `${seen}, and may be kept: after a change of users one gets the answer of another.`,
      advice,
    );
  return warning(`${seen}: whether a browser keeps it is the browser's guess.`, advice);
}

export const API = [
  { name: "api-good-token", source: "RFC 6750, section 2.1", run: good },
  { name: "api-bad-token", source: "RFC 6750, section 3; RFC 9110, section 11.6.1", run: bad },
  { name: "api-cors", source: "Fetch standard, CORS protocol", run: cors },
  {
    name: "api-cache",
    source: "RFC 9111, section 4.1; README, What the server must do",
    run: cache,
  },
];
