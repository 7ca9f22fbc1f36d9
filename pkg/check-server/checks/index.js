// All checks, in the order in which they are made: those that wear a session out come last.

import { ANSWER } from "./answer.js";
import { API } from "./api.js";
import { SCOPE } from "./cookie-scope.js";
import { SECRECY } from "./cookie-secrecy.js";
import { CORS } from "./cors.js";
import { CSRF } from "./csrf.js";
import { REFUSALS } from "./refusals.js";
import { RETRY } from "./retry.js";
import { ROTATION } from "./rotation.js";
import { SIGN_OUT } from "./sign-out.js";

/** `name` is stable: people name it to `--allow`, and look for it in what `--json` prints. */
export const GROUPS = [
  { title: "answer", checks: ANSWER },
  { title: "cookie", checks: [...SECRECY, ...SCOPE] },
  { title: "rotation", checks: ROTATION },
  { title: "lost answers", checks: RETRY },
  { title: "refusals", checks: REFUSALS },
  { title: "cross-origin", checks: CORS },
  { title: "API", checks: API },
  { title: "forged requests", checks: CSRF },
  { title: "sign-out", checks: SIGN_OUT },
];
