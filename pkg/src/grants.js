// From a reply to a token that the core has read.

import { makeError } from "./errors.js";
import { own } from "./own.js";
import { Fault, readToken } from "./reply.js";
import { bodyOf, isResponse, serverNow } from "./response.js";
import { readTimes } from "./times.js";

const WARNING =
  "that is a text or a number, so nobody knows whose it is. A refresh that brings another person goes unnoticed. Set identity to the name or the path of the claim that tells.";

/** Reads replies for one session: where the token stands, and whose it is. */
export class Reader {
  #place;
  #identity;
  #unidentified;
  #hasWarned = false;

  /** `unidentified` is called once, when a token does not say whose it is. */
  constructor({ readToken: place, identity }, unidentified) {
    this.#place = place;
    this.#identity = identity;
    this.#unidentified = unidentified;
  }

  /**
   * Has the core read the token of a reply: its JSON or text, and the response that it came in, if any. Returns the number that the
   * core knows it by. Throws a {@link Fault}, or what a function of the app throws.
   */
  async readReply(core, reply, response) {
    let told;
    if (typeof this.#place === "function") {
      told = await this.#place(reply, response);
      if (!["object", "string", "undefined"].includes(typeof told))
        throw new TypeError("readToken: must return a string, an object, or nothing");
    }
    const { token, objects } = readToken(this.#place, reply, response?.headers, told);
    return this.#read(core, token, readTimes(objects), serverNow(response?.headers), reply);
  }

  /** The same of a token alone. */
  readToken(core, token) {
    const { token: sendable } = readToken(() => {}, undefined, undefined, token);
    return this.#read(core, sendable, readTimes([]), Number.NaN, undefined);
  }

  #read(core, token, { expiresIn, expiresAt }, now, reply) {
    const { claim, owner } = own(this.#ownerOf(core, token, reply));
    const { read, hasOwner, fault } = own(
      core.read(token, expiresIn, expiresAt, now, claim ?? "", owner),
    );
    if (fault !== undefined) throw new Fault(fault);
    if (hasOwner || this.#hasWarned) return read;
    if (this.#identity !== undefined || parseClaims(core.claims(token)) !== null) {
      this.#hasWarned = true;
      if (claim !== undefined)
        console.warn(`silent-session: the access token has no claim "${claim}" ${WARNING}`);
      this.#unidentified();
    }
    return read;
  }

  /** The claim that names the owner; or the owner, as the app's function names it. */
  #ownerOf(core, token, reply) {
    if (typeof this.#identity !== "function") return { claim: this.#identity ?? "sub" };
    const owner = this.#identity(token, reply, parseClaims(core.claims(token)));
    if (owner !== null && owner !== undefined && typeof owner !== "string")
      throw new TypeError("identity: must return a string, or nothing");
    return { owner: owner ?? undefined };
  }
}

/** The claims in JSON, frozen from the leaves up; `null` where there are none. */
export function parseClaims(json) {
  try {
    const claims = JSON.parse(json, (_name, value) => Object.freeze(value));
    return typeof claims === "object" && !Array.isArray(claims) ? claims : null;
  } catch {
    return null;
  }
}

/** Whether the `scope` in claims has a value (RFC 6749, section 3.3). */
export function hasScope(claims, value) {
  const { scope } = own(claims);
  return typeof scope === "string" && value !== "" && scope.split(" ").includes(value);
}

/** Why a reply contains no usable token, as an error; what the app threw, as it is. */
export const faultError = (fault) =>
  fault instanceof Fault ? makeError(fault.code, {}, fault.message) : fault;

/** Reads what a login has brought: a response, its JSON, or a token. Throws what the app is to see. */
export async function readLogin(core, reader, answer) {
  if (typeof answer === "string") return tellFault(() => reader.readToken(core, answer));
  if (!isResponse(answer))
    return tellFault(() => reader.readReply(core, answer, undefined), undefined, answer);
  if (!answer.ok) throw makeError("ERR_SIGN_IN_REFUSED", { response: answer });
  const body = await bodyOf(answer);
  return tellFault(() => reader.readReply(core, body, answer), answer, body);
}

async function tellFault(read, response, body) {
  try {
    return await read();
  } catch (fault) {
    throw fault instanceof Fault && fault.code === "ERR_TOKEN_MISSING"
      ? makeError("ERR_SIGN_IN_INCOMPLETE", { response, body })
      : faultError(fault);
  }
}
