// The habits of the auth server.

import { readCookie } from "../globals.js";
import { cookieName, headerName, invalid, isRefusal, isText, known, TOKEN } from "./checks.js";

const ROTATIONS = ["none", "replays", "refuses", "revokes"];

/** Reads the group `server`. `sendsAttempts`: whether the server is sent an attempt id at all. */
export function readServer(server = {}, sendsAttempts = true) {
  if (server === null || typeof server !== "object") throw invalid("server", "must be an object");
  const { rotation } = known(server, ["rotation"], "server.");
  if (rotation !== undefined && !ROTATIONS.includes(rotation)) {
    throw invalid("server.rotation", `must be one of ${ROTATIONS.join(", ")}`);
  }
  if (rotation === "replays" && !sendsAttempts) {
    throw invalid(
      "server.rotation",
      'cannot be "replays" with attemptHeader: false, which sends no attempt id to recognise',
    );
  }
  return { rotation };
}

/** Which header goes along against forged requests, and what tells its value at each attempt. */
export function readCsrf(value, endpoints) {
  if (value === undefined) return {};
  if (value === null || typeof value !== "object")
    throw invalid("csrf", "must be an object with a header, and a cookie or a token");
  const { header, cookie, token } = known(value, ["header", "cookie", "token"], "csrf.");
  headerName("csrf.header", header);
  if (endpoints.every((endpoint) => endpoint?.url === undefined))
    throw invalid("csrf", "goes along with requests, and there is none: a function sends its own");
  if ((cookie === undefined) === (token === undefined))
    throw invalid("csrf", "must have a cookie or a token, one of them");
  if (token !== undefined && typeof token !== "function")
    throw invalid("csrf.token", "must be a function that tells the token");
  if (token === undefined) cookieName("csrf.cookie", cookie);
  return { csrfHeader: header, csrfToken: token ?? (() => readCookie(cookie)) };
}

/** Which answers say that the session is over: statuses, or a function. */
export function readEnding(value) {
  if (value === undefined) return undefined;
  if (typeof value === "function") return (status, body) => value({ status, body });
  if (!Array.isArray(value) || !value.every(isRefusal)) {
    throw invalid("endsSession", "must be a list of statuses from 400 to 599, or a function");
  }
  return [...value];
}

/** Where the token of a reply stands: a path, `{ header }` or a function. */
export function readPlace(value) {
  if (value === undefined || typeof value === "function") return value;
  if (isText(value) && !value.split(".").includes("")) return value;
  const isHeader =
    value !== null && typeof value === "object" && Object.keys(value).join() === "header";
  if (isHeader && typeof value.header === "string" && TOKEN.test(value.header))
    return { header: value.header };
  throw invalid(
    "readToken",
    'must be a path such as "data.jwt", { header: "X-Name" }, or a function',
  );
}
