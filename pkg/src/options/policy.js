// The policies of `fetchWith`.

import { flag, invalid, known } from "./checks.js";

/** What `session.fetch` itself does. */
export const DEFAULT_POLICY = Object.freeze({
  token: undefined,
  replay: undefined,
  passive: false,
});

const TOKEN_USES = ["required", "optional", "none"];

/** A policy of `fetchWith`; what is not set stays as `session.fetch` does it. */
export function readPolicy(policy = {}) {
  if (policy === null || typeof policy !== "object") throw invalid("policy", "must be an object");
  const members = known(policy, Object.keys(DEFAULT_POLICY));
  const { token } = members;
  if (token !== undefined && !TOKEN_USES.includes(token)) {
    throw invalid("token", `must be one of ${TOKEN_USES.join(", ")}`);
  }
  const [replay, passive] = ["replay", "passive"].map((name) => flag(name, members[name]));
  return Object.freeze({ token, replay, passive: passive ?? false });
}
