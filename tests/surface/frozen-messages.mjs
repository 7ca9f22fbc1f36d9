// The frozen messages of each version (../messages). Their session and their time are moved to
// tomorrow, because anything dated more than a year ahead is ignored.

import { readFileSync } from "node:fs";

/** Values of the files: a session that began in 2100, and the digest of alice in it. */
const FROZEN = {
  session: "03bb2cc3d80000112233445566778899",
  sent: "4102444800000",
  alice: "d1f08e197e94d837",
};

/** Milliseconds since 1970. */
export const TOMORROW = Date.now() + 86_400_000;

/** The id of a session that begins then: the time, and chance. */
export const sessionOf = (time) => time.toString(16).padStart(12, "0") + FROZEN.session.slice(12);

/** Later than all sessions that begin in a test. */
export const LATE = sessionOf(TOMORROW);

/** 64-bit FNV-1a over a session's id and a person, in hexadecimal digits. Frozen. */
export function digest(person, session) {
  let hash = 0xcbf29ce484222325n;
  for (const byte of [...Buffer.from(session, "hex"), ...Buffer.from(person)])
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash.toString(16).padStart(16, "0");
}

if (digest("alice", FROZEN.session) !== FROZEN.alice)
  throw new Error("the digest of the first version is another one");

const read = (version) =>
  JSON.parse(
    readFileSync(new URL(`../messages/messages-v${version}.json`, import.meta.url), "utf8")
      .replaceAll(FROZEN.session, LATE)
      .replaceAll(FROZEN.sent, String(TOMORROW))
      .replaceAll(FROZEN.alice, digest("alice", LATE)),
  );

/** All messages, by their names in the files. */
export const messages = { ...read(1), ...read(2), ...read(3) };

/** The sender of the messages of the files. */
export const STRANGER = messages.hello.from;

const isId = (value) => /^[0-9a-f]{32}$/.test(value);
const isTime = (value) => Number.isInteger(value) && value >= 0;

/** The form that all messages of a kind share: their members, and the types of these. */
export function form(message) {
  const valueForm = (name, value) => {
    if (["from", "epoch", "until"].includes(name) && isId(value)) return "an id";
    if (name === "subject" && /^[0-9a-f]{16}$/.test(value)) return "a digest";
    if (["lifetime", "age", "sent"].includes(name) && isTime(value)) return "milliseconds";
    return ["token", "notes"].includes(name) ? typeof value : value;
  };
  return Object.fromEntries(
    Object.entries(message ?? {}).map(([name, value]) => [name, valueForm(name, value)]),
  );
}
