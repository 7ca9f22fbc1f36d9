// Tries a server by the kit, in this process.

import assert from "node:assert/strict";

import { readArguments } from "../../pkg/check-server/arguments.js";
import { asJson, asText } from "../../pkg/check-server/report.js";
import { tryServer } from "../../pkg/check-server/run.js";
import { PAGE, PASSWORD, Server } from "./server.mjs";

/** The arguments for a server that is right, or has a fault. */
export function argumentsFor({ origin }, more = []) {
  const body = JSON.stringify({ user: "alice", password: PASSWORD });
  return [
    ...[
      "--refresh",
      `${origin}/auth/refresh`,
      "--origin",
      PAGE,
      "--sign-in",
      `${origin}/auth/login`,
      "--sign-in-body",
      body,
    ],
    ...[
      "--sign-out",
      `${origin}/auth/logout`,
      "--api",
      `${origin}/api/me`,
      "--csrf-cookie",
      "csrf",
    ],
    ...["--csrf-header", "X-CSRF-Token", ...more],
  ];
}

/** What each check came to against a server with these rules, with what is concluded of its habits, and the `text` for people. Nothing secret may be in it. `more`: other arguments, or what makes them. */
export async function tried(rules, more = () => []) {
  const server = await Server.start(rules);
  try {
    const options = readArguments(
      argumentsFor(server, typeof more === "function" ? more(server) : more),
    );
    const { results, habits } = await tryServer(options);
    const printed = asText(results, options, habits) + asJson(results, options, habits);
    const secrets = [PASSWORD, ...server.tokens.issued, ...server.accessTokens];
    for (const secret of secrets)
      assert(!printed.includes(secret), `a secret is printed: ${printed}`);
    return Object.assign(results, { habits, text: asText(results, options, habits) });
  } finally {
    await server.stop();
  }
}

/** Those that complain, by name. */
export function complaints(results) {
  const all = results.filter(({ verdict }) => verdict === "wrong" || verdict === "warning");
  return Object.fromEntries(all.map(({ name, verdict }) => [name, verdict]));
}
