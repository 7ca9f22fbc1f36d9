// What a page of another origin needs, and what no foreign page may get.

import { obstacle, obstacleOfPreflight } from "../cors.js";
import { SAFELISTED } from "../page.js";
import { quoted } from "../secrets.js";
import { FOREIGN } from "../session.js";
import { findToken, HEADER } from "../token.js";
import { NotTried, right, warning, wrong } from "../verdict.js";

const ADVICE =
  "Answer the page's exact origin and Access-Control-Allow-Credentials: true, with every status.";

/** The URL at which all of this is tried. */
function crossOrigin(kit, url = kit.options.refresh) {
  if (!kit.page.isCrossOrigin(url)) {
    throw new NotTried(`${kit.options.origin} is the endpoint's own origin: see --origin`);
  }
  return url;
}

async function preflight(kit) {
  const { method } = kit.options;
  const names = kit.page.headersToAskFor();
  const answer = await kit.page.preflight({ url: crossOrigin(kit), method, names });
  const found = obstacleOfPreflight(answer, kit.options.origin, { method, names });
  if (!found) return right(`The preflight allows ${method} with ${names.join(", ")}.`);
  return wrong(
    `The preflight of the refresh ${found}: the browser does not send it.`,
    `Answer it 204, and allow ${names.join(", ")} by name${SAFELISTED.includes(method) ? "" : ` and the method ${method}`}. ${ADVICE}`,
  );
}

function granted(kit) {
  crossOrigin(kit);
  const found = obstacle(kit.granted(kit.answers.first), kit.options.origin);
  if (!found) return right("The page may read the answer to a refresh.");
  return wrong(
    `The answer to a refresh ${found}: the page cannot read it, and the cookie is rotated.`,
    ADVICE,
  );
}

async function refused(kit) {
  crossOrigin(kit);
  const answer = await kit.refused();
  const found = obstacle(answer, kit.options.origin);
  if (!found) return right("The page may read a refusal.");
  return wrong(
    `A refusal (${answer.status}) ${found}: the page takes it for a dead network, and the session never ends.`,
    ADVICE,
  );
}

/** Also tried where the page is of the endpoint's own origin. */
async function foreign(kit) {
  const { refresh: url, method, origin } = kit.options;
  const { host, protocol } = new URL(origin);
  for (const other of [
    FOREIGN,
    "null",
    `${protocol}//${host.replace(/:.*/, "")}.foreign.example`,
  ]) {
    const answers = [
      await kit.page.preflight({ url, method, names: kit.page.headersToAskFor(), origin: other }),
      await kit.main.refresh({ value: "", keep: false, origin: other }),
    ];
    if (answers.some((answer) => obstacle(answer, other) === undefined)) {
      return wrong(
        `The origin ${quoted(other)} is answered as if it were the page's: any site may refresh and read the token.`,
        "Compare Origin with a list, as a whole and exactly; never repeat what comes.",
      );
    }
  }
  return right("Foreign origins are not let in.");
}

function exposed(kit) {
  crossOrigin(kit);
  const answer = kit.granted(kit.answers.first);
  const names = answer.list("access-control-expose-headers");
  if (findToken(answer, kit.options)?.place === HEADER && !names.includes("authorization")) {
    return wrong(
      "The token stands in a header that the page cannot read.",
      "Add Authorization to Access-Control-Expose-Headers.",
    );
  }
  const wanted = ["Date", "Retry-After", ...(kit.isReturned() ? [kit.options.attemptHeader] : [])];
  const missing = wanted.filter((name) => !names.includes(name.toLowerCase()));
  if (missing.length === 0) return right(`The page may read ${wanted.join(", ")}.`);
  return warning(
    `The page cannot read ${missing.join(", ")}.`,
    `Add Access-Control-Expose-Headers: ${wanted.join(", ")}.`,
  );
}

async function vary(kit) {
  crossOrigin(kit);
  for (const answer of [kit.answers.first, await kit.refused()]) {
    const names = answer.list("vary");
    if (
      answer.headers["access-control-allow-origin"] &&
      !names.includes("origin") &&
      !names.includes("*")
    ) {
      return warning(
        `An answer (${answer.status}) does not have Vary: Origin: a cache may give it to another origin.`,
        "Add Vary: Origin.",
      );
    }
  }
  return right("Answers vary by Origin.");
}

async function signOut(kit) {
  const { signOut: url, signOutMethod: method, signOutToken, origin } = kit.options;
  if (!url) throw new NotTried("there is no --sign-out");
  crossOrigin(kit, url);
  const names = kit.page.headersToAskFor().filter((name) => name !== "content-type");
  if (signOutToken) names.push("authorization");
  const asked = obstacleOfPreflight(await kit.page.preflight({ url, method, names }), origin, {
    method,
    names,
  });
  if (asked)
    return wrong(`The preflight of the sign-out ${asked}: the browser does not send it.`, ADVICE);
  const found = obstacle(await kit.main.signOut({ value: "" }), origin);
  if (found)
    return wrong(
      `The answer to a sign-out ${found}: the page cannot know that it is done.`,
      ADVICE,
    );
  return right("The page may sign out.");
}

const CORS_PROTOCOL = "Fetch standard, CORS protocol";

export const CORS = [
  { name: "cors-preflight", source: CORS_PROTOCOL, run: preflight },
  { name: "cors-answer", source: CORS_PROTOCOL, run: granted },
  { name: "cors-refusal", source: CORS_PROTOCOL, run: refused },
  { name: "cors-sign-out", source: CORS_PROTOCOL, run: signOut },
  { name: "cors-foreign-origin", source: `${CORS_PROTOCOL}; RFC 10017, CSRF`, run: foreign },
  { name: "cors-exposed", source: `${CORS_PROTOCOL}, Access-Control-Expose-Headers`, run: exposed },
  { name: "cors-vary", source: `${CORS_PROTOCOL}; RFC 9110, section 12.5.5`, run: vary },
];
