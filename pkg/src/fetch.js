// `session.fetch`: what a call becomes, and the short way of most calls.

import { memberOf, readOnce, withHeader } from "./arguments.js";
import { ShortCall } from "./call.js";
import { makeError } from "./errors.js";
import { Exchange } from "./exchange.js";
import { prepare } from "./prepare.js";

/**
 * Makes a `fetch` with a policy.
 *
 * As much as can be done is done before a call returns, as with native fetch: the arguments may change, a body is consumed, the page
 * may be about to go.
 */
export function makeFetch(session, policy) {
  const { driver, targets, attach, nativeFetch, rejectsToken } = session;
  const replays = policy.replay ?? true;

  /** A live token, an allowed URL, and nothing that has to be kept for a replay: no more than a wrapper by hand would do. */
  const sendShort = (input, init) => {
    const audience = targets.find(input);
    const credential = audience && driver.tokens.held(!policy.passive);
    const sent = credential && withHeader(init, attach, credential.value);
    if (!sent) return undefined;
    const answer = nativeFetch()(input, sent);
    // As with native fetch, an aborted call rejects at once.
    if (sent.signal?.aborted) return answer;
    return Promise.resolve(answer).then((response) => {
      const isUsual =
        memberOf(response, "redirected") === false && credential.accepted.has(audience.key);
      if (isUsual && rejectsToken(response) === false) return response;
      const call = new ShortCall(session, audience, sent, replays);
      return new Exchange(session, policy, call).finish(credential, response);
    });
  };

  const send = (args) => {
    // Without an argument: native fetch knows best what is wrong with that.
    if (args.length === 0 || policy.token === "none") return nativeFetch()(...args);
    const short = typeof args[0] === "string" ? sendShort(...args) : undefined;
    if (short) return short;
    args[0] = readOnce(args[0]);
    const { call, args: forNative, isForeign } = prepare(session, policy, args);
    if (call) return new Exchange(session, policy, call).run();
    if (isForeign && policy.token === "required") throw makeError("ERR_TOKEN_NOT_ALLOWED");
    return nativeFetch()(...forNative);
  };

  const fetch = (...args) => {
    try {
      return Promise.resolve(send(args));
    } catch (error) {
      return Promise.reject(error);
    }
  };
  Object.defineProperty(fetch, "name", { value: "fetch" });
  Object.defineProperty(fetch, "length", { value: 1 });
  return fetch;
}
