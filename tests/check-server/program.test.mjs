// The program: its arguments, what it prints, and the codes that it ends with.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { generate } from "selfsigned";

import { argumentsFor, complaints } from "./kit.mjs";
import { program } from "./program.mjs";
import { PASSWORD, Server } from "./server.mjs";

let right;
let folder;
before(async () => {
  right = await Server.start();
  folder = await mkdtemp(join(tmpdir(), "silent-session-check-server-"));
});
after(async () => {
  await right.stop();
  await rm(folder, { recursive: true });
});

/** What it comes to against a server with these rules. */
async function against(rules, more = []) {
  const server = await Server.start(rules);
  try {
    return await program(argumentsFor(server, more));
  } finally {
    await server.stop();
  }
}

test("0: nothing is wrong; the text says what each check has seen, and no secret", async () => {
  const { code, stdout, stderr } = await program(argumentsFor(right));
  assert.equal(code, 0, stdout);
  assert.equal(stderr, "");
  assert.match(stdout, /^ {2}right {6}cookie-httponly +The cookie refresh_token is HttpOnly\.$/m);
  assert.match(stdout, /\n0 wrong, 0 warning, \d+ right, 0 not tried\n$/);
  for (const secret of [PASSWORD, ...right.tokens.issued, ...right.accessTokens])
    assert(!stdout.includes(secret));
});

test("0: there are warnings only", async () => {
  const { code, stdout } = await against({ tokens: { reuse: "refused" } });
  assert.equal(code, 0);
  assert.match(
    stdout,
    /^ {2}warning {4}reuse-ends-session .*\n +Revoke all .* \(RFC 9700, section 4\.14\.2\)$/m,
  );
});

test("1: something is wrong; an answer that is lost is said in plain words", async () => {
  const { code, stdout } = await against({ tokens: { knowsAttempts: false } });
  assert.equal(code, 1);
  assert.match(stdout, /^ {2}wrong {6}lost-answer +An answer that is lost signs the user out/m);
});

test("what is wrong and allowed is a warning", async () => {
  const { code, stdout } = await against({ tokens: { rotates: false } }, ["--allow", "rotation"]);
  assert.equal(code, 0);
  assert.match(stdout, /^ {2}warning {4}rotation /m);
});

test("--json prints the same for machines", async () => {
  const { code, stdout } = await against({ tokens: { rotates: false } }, ["--json"]);
  assert.equal(code, 1);
  const { refresh, origin, counts, checks } = JSON.parse(stdout);
  assert.match(refresh, /\/auth\/refresh$/);
  assert.match(origin, /^http:/);
  assert.equal(counts.wrong, 1);
  assert.deepEqual(complaints(checks), { rotation: "wrong" });
  const members = ["name", "group", "verdict", "seen", "advice", "source"];
  assert.deepEqual(Object.keys(checks.find(({ name }) => name === "rotation")), members);
});

test("--help says what there is", async () => {
  const { code, stdout } = await program(["--help"]);
  assert.equal(code, 0);
  for (const option of ["--refresh", "--sign-in", "--cookie", "--origin", "--json", "--allow"])
    assert(stdout.includes(option));
});

test("2: the command line is not understood", async () => {
  const refresh = ["--refresh", `${right.origin}/auth/refresh`];
  for (const [list, said] of [
    [[], /--refresh URL is required/],
    [["--refresh", "/auth/refresh", "--cookie", "a=b"], /--refresh wants a URL/],
    [refresh, /either --sign-in URL or --cookie/],
    [[...refresh, "--cookie", "no pair"], /NAME=VALUE/],
    [[...refresh, "--cookie", "a=b", "--refresch", "x"], /refresch/],
    [[...refresh, "--cookie", "a=b", "--allow", "all"], /no check all/],
    [[...refresh, "--cookie", "a=b", "--csrf-cookie", "c"], /go together/],
    [[...refresh, "--cookie", "a=b", "--method", "get", "--body", "{}"], /a GET has no --body/],
    [
      [...refresh, "--cookie", "a=b", "--origin", "https://a.example/x"],
      /--origin wants an origin/,
    ],
    [[...refresh, "--cookie", "a=b", "--header", "x"], /Name: value/],
    [[...refresh, "--cookie", "a=b", "--timeout", "soon"], /wants seconds/],
    [[...refresh, "--cookie", "@/no/such/file"], /cannot be read: ENOENT/],
  ]) {
    const { code, stdout, stderr } = await program(list);
    assert.equal(code, 2);
    assert.equal(stdout, "");
    assert.match(stderr, said);
    assert(!stderr.includes("secret"));
  }
});

test("2: the sign-in fails, or sets no cookie; a cookie is refused", async () => {
  const refused = await program([
    ...argumentsFor(right),
    "--sign-in-body",
    '{"password": "another one"}',
  ]);
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /the sign-in was answered 401/);
  assert(!refused.stderr.includes("another one"));
  const [refresh, page] = [`${right.origin}/auth/refresh`, `${right.origin}/auth/logout`];
  const none = await program(["--refresh", refresh, "--sign-in", page, "--sign-in-body", "{}"]);
  assert.equal(none.code, 2);
  assert.match(none.stderr, /answered 204 and set no cookie/);
  const dead = await program(["--refresh", refresh, "--cookie", "refresh_token=no-such-token"]);
  assert.equal(dead.code, 2);
  assert.match(
    dead.stderr,
    /the cookie that was given is refused: the refresh was answered 40[13]/,
  );
});

test("2: the server is not reached, or does not answer", async () => {
  const closed = await Server.start();
  await closed.stop();
  const unreached = await program(argumentsFor(closed));
  assert.equal(unreached.code, 2);
  assert.match(unreached.stderr, /there was no answer: ECONNREFUSED/);
  const silent = createServer().listen(0, "127.0.0.1");
  const origin = await new Promise((resolve) =>
    silent.on("listening", () => resolve(`http://127.0.0.1:${silent.address().port}`)),
  );
  const { code, stderr } = await program(argumentsFor({ origin }, ["--timeout", "1"]));
  silent.close();
  assert.equal(code, 2);
  assert.match(stderr, /there was no answer: none within 1 seconds/);
});

test("with a cookie by hand, what takes a session of its own is not tried and says so", async () => {
  const file = join(folder, "cookie");
  const server = await Server.start();
  await writeFile(file, `refresh_token=${server.tokens.begin()}; csrf=0123456789\n`);
  const list = [
    "--refresh",
    `${server.origin}/auth/refresh`,
    "--sign-out",
    `${server.origin}/auth/logout`,
  ];
  const csrf = ["--csrf-cookie", "csrf", "--csrf-header", "X-CSRF-Token"];
  const { stdout } = await program([...list, ...csrf, "--cookie", `@${file}`, "--json"]);
  await server.stop();
  const { checks } = JSON.parse(stdout);
  assert.deepEqual(complaints(checks), {});
  const untried = checks.filter(({ seen }) => /a session of its own: give --sign-in/.test(seen));
  const names = [
    "reuse-refused",
    "reuse-ends-session",
    "two-at-once",
    "lost-answer",
    "arrived-answer",
    "attempt-returned",
    "resent-at-once",
  ];
  assert.deepEqual(
    untried.map(({ name }) => name),
    names,
  );
  assert(untried.every(({ verdict }) => verdict === "not tried"));
  for (const name of ["rotation", "cookie-httponly", "csrf-token", "sign-out-session"]) {
    assert.equal(checks.find((check) => check.name === name).verdict, "right", name);
  }
});

test("over TLS a cookie that is not Secure is wrong", async () => {
  const { private: key, cert } = await generate([{ name: "commonName", value: "127.0.0.1" }], {
    extensions: [{ name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.1" }] }],
  });
  const trusted = join(folder, "certificate.pem");
  await writeFile(trusted, cert);
  const verdicts = [];
  for (const more of ["Secure; ", ""]) {
    const attributes = () => `HttpOnly; ${more}SameSite=Strict; Path=/auth; Max-Age=1209600`;
    const server = await Server.start({ attributes }, { key, cert });
    const list = argumentsFor(server, ["--json", "--origin", server.origin]);
    const { stdout, stderr } = await program(list, { NODE_EXTRA_CA_CERTS: trusted });
    await server.stop();
    verdicts.push(complaints(JSON.parse(stdout || stderr).checks));
  }
  assert.deepEqual(verdicts, [{}, { "cookie-secure": "wrong" }]);
});
