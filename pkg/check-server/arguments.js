// The command line.

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

import { GROUPS } from "./checks/index.js";

/** The command line is not understood. The message says why. */
export class Misused extends Error {}

const text = { type: "string" };
const texts = { type: "string", multiple: true, default: [] };
const OPTIONS = {
  refresh: text,
  origin: text,
  method: { ...text, default: "POST" },
  header: texts,
  body: text,
  "attempt-header": { ...text, default: "X-Requested-With" },
  "csrf-cookie": text,
  "csrf-header": text,
  "token-field": text,
  visit: text,
  "sign-in": text,
  "sign-in-body": { ...text, default: "" },
  "sign-in-header": texts,
  cookie: text,
  "cookie-name": text,
  "sign-out": text,
  "sign-out-method": { ...text, default: "POST" },
  "sign-out-token": { type: "boolean", default: false },
  api: text,
  grace: { ...text, default: "0" },
  allow: texts,
  timeout: { ...text, default: "10" },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
};

/** The name of a header, a cookie or a method (RFC 9110, section 5.6.2). */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Reads the arguments; `{ help: true }` where help is asked for. */
export function readArguments(list) {
  const given = parse(list);
  if (given.help) return { help: true };
  if (!given.refresh) throw new Misused("--refresh URL is required");
  if (Boolean(given["sign-in"]) === Boolean(given.cookie)) {
    throw new Misused("give either --sign-in URL or --cookie NAME=VALUE");
  }
  if (Boolean(given["csrf-cookie"]) !== Boolean(given["csrf-header"])) {
    throw new Misused("--csrf-cookie and --csrf-header go together");
  }
  if (given.body !== undefined && given.method.toUpperCase() === "GET")
    throw new Misused("a GET has no --body");
  const refresh = url("refresh", given.refresh);
  const names = GROUPS.flatMap(({ checks }) => checks.map(({ name }) => name));
  const unknown = given.allow.find((name) => !names.includes(name));
  if (unknown) throw new Misused(`--allow: there is no check ${unknown}, only ${names.join(", ")}`);
  const [signInBody, cookie] = [
    contents(given["sign-in-body"]),
    given.cookie && pairs(contents(given.cookie).trim()),
  ];
  return {
    refresh,
    origin: given.origin === undefined ? refresh.origin : origin(given.origin),
    method: token("method", given.method).toUpperCase(),
    headers: headers("header", given.header),
    body: given.body,
    attemptHeader: token("attempt-header", given["attempt-header"]),
    csrfCookie: token("csrf-cookie", given["csrf-cookie"]),
    csrfHeader: token("csrf-header", given["csrf-header"]),
    tokenField: given["token-field"],
    visit: url("visit", given.visit),
    signIn: url("sign-in", given["sign-in"]),
    signInBody,
    signInHeaders: headers("sign-in-header", given["sign-in-header"]),
    cookie,
    cookieName: token("cookie-name", given["cookie-name"]),
    signOut: url("sign-out", given["sign-out"]),
    signOutMethod: token("sign-out-method", given["sign-out-method"]).toUpperCase(),
    signOutToken: given["sign-out-token"],
    api: url("api", given.api),
    grace: seconds("grace", given.grace, 0),
    allow: given.allow,
    timeout: seconds("timeout", given.timeout, 1),
    json: given.json,
    secrets: [
      ...secretsIn(signInBody),
      ...[...given.header, ...given["sign-in-header"]].map((line) =>
        line.replace(/^[^:]*:\s*/, ""),
      ),
    ],
  };
}

function parse(args) {
  try {
    return parseArgs({ args, options: OPTIONS, strict: true, allowPositionals: false }).values;
  } catch (error) {
    // Node would print it, and it may be a password.
    const isStray = error.code === "ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL";
    throw new Misused(
      isStray
        ? "an argument belongs to no option: are quotes missing around a value?"
        : error.message,
    );
  }
}

function url(option, value) {
  if (value === undefined) return undefined;
  const parsed = URL.canParse(value) ? new URL(value) : undefined;
  if (!/^https?:$/.test(parsed?.protocol))
    throw new Misused(`--${option} wants a URL of http or https`);
  return parsed;
}

function origin(value) {
  const parsed = url("origin", value);
  if (parsed.pathname !== "/" || parsed.search) {
    throw new Misused("--origin wants an origin, such as https://app.example.com");
  }
  return parsed.origin;
}

function token(option, value) {
  if (value !== undefined && !TOKEN.test(value)) throw new Misused(`--${option} wants a name`);
  return value;
}

function headers(option, lines) {
  return Object.fromEntries(
    lines.map((line) => {
      const [, name, value] = /^([^:]+):\s*([\t\x20-\x7e]*)$/.exec(line) ?? [];
      if (name === undefined || !TOKEN.test(name))
        throw new Misused(`--${option} wants "Name: value"`);
      return [name.toLowerCase(), value];
    }),
  );
}

/** The refresh cookie, and perhaps others after it. */
function pairs(list) {
  return list.split(/;\s*/).map((value) => {
    const [, name, rest] = /^([^=\s]+)=(\S+)$/.exec(value) ?? [];
    if (!name)
      throw new Misused("--cookie wants NAME=VALUE, or several of them with semicolons between");
    return { name, value: rest };
  });
}

function seconds(option, value, least) {
  const number = Number(value);
  if (value.trim() === "" || !(number >= least && number <= 3600)) {
    throw new Misused(`--${option} wants seconds, ${least} to 3600`);
  }
  return number;
}

/** `@FILE` stands for what the file contains: a command line can be read by others. */
function contents(value) {
  if (!value.startsWith("@")) return value;
  try {
    return readFileSync(value.slice(1), "utf8");
  } catch (error) {
    throw new Misused(`${value.slice(1)} cannot be read: ${error.code}`);
  }
}

/** Which fields of a sign-in are secret. */
const SECRET = /pass|pwd|secret|token|code|pin|otp|key/i;

/** Their values, in JSON or a form. */
function secretsIn(body) {
  const fields = Object.entries(parsed(body) ?? Object.fromEntries(new URLSearchParams(body)));
  return fields.filter(([name]) => SECRET.test(name)).map(([, value]) => value);
}

function parsed(body) {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
