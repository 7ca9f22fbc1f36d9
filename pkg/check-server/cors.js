// What keeps a page of another origin from reading an answer (Fetch standard, CORS protocol).

import { SAFELISTED } from "./page.js";
import { quoted } from "./secrets.js";

/** The first obstacle; `undefined`: the page may read it. `credentials`: the request came with cookies. */
export function obstacle(answer, origin, { credentials = true } = {}) {
  const allowed = answer.headers["access-control-allow-origin"];
  if (allowed === undefined) return "has no Access-Control-Allow-Origin";
  if (allowed === "*" && credentials)
    return "has Access-Control-Allow-Origin `*`, which does not count with cookies";
  if (allowed !== "*" && allowed !== origin) {
    return `has Access-Control-Allow-Origin ${quoted(allowed)}, not the page's ${quoted(origin)}`;
  }
  if (credentials && answer.headers["access-control-allow-credentials"] !== "true") {
    return "has no Access-Control-Allow-Credentials: true";
  }
  return undefined;
}

/** The first obstacle that a preflight leaves in the way of a request. */
export function obstacleOfPreflight(answer, origin, { method, names, credentials = true }) {
  if (!answer.isOk) return `was answered ${answer.status}`;
  const anything = (list) => !credentials && list.includes("*");
  const methods = answer.list("access-control-allow-methods");
  const headers = answer.list("access-control-allow-headers");
  const isAllowed =
    SAFELISTED.includes(method) || methods.includes(method.toLowerCase()) || anything(methods);
  // A `*` never means Authorization.
  const missing = names.filter(
    (name) => !headers.includes(name) && (name === "authorization" || !anything(headers)),
  );
  return (
    obstacle(answer, origin, { credentials }) ??
    (isAllowed ? undefined : `does not allow the method ${method}`) ??
    (missing.length > 0 ? `does not allow the header ${missing.join(", ")}` : undefined)
  );
}
