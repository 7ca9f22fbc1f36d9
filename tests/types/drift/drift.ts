// What is declared by hand is what the implementation has. `declared/` is what the compiler reads from pkg/*.js: `cargo xtask test
// types` writes it. There parameters have no types, so their number is compared; values are compared by the tests of the surface.

import type * as shown from "silent-session";
import type * as presets from "silent-session/presets";
import type * as made from "./declared/index.js";
import type * as madePresets from "./declared/presets.js";

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

/** How many arguments a function takes at the most; of a value nothing. */
type Arity<F> = F extends (...args: infer Args) => unknown ? Required<Args>["length"] : "a value";
type Arities<T> = { [Name in keyof T]: Arity<T[Name]> };

type MadeSession = ReturnType<typeof made.createSession>;

/** No more and no fewer. */
export const exported: Same<keyof typeof made, keyof typeof shown> = true;
export const presetsExported: Same<keyof typeof madePresets, keyof typeof presets> = true;
export const members: Same<keyof MadeSession, keyof shown.Session> = true;
export const statuses: Same<MadeSession["state"]["status"], "unknown" | "ended"> = true;

/** But those that pass on whatever they are called with, and `signIn`, which is declared for each form of a login. */
type Comparable = Exclude<keyof shown.Session, "fetch" | "fetchWith" | "signIn">;
export const arities: Same<
  Arities<Pick<MadeSession, Comparable>>,
  Arities<Pick<shown.Session, Comparable>>
> = true;
export const creates: Same<
  Arity<typeof made.createSession>,
  Arity<typeof shown.createSession>
> = true;
