// The token that a call carries at first: in hand, or waited for, as its policy says.

import { unlessAborted, within } from "./bodies.js";
import { makeError } from "./errors.js";

/** Why there is no token although there may be a session. */
const LATE = ["ERR_REFRESH_UNAVAILABLE", "ERR_SIGN_IN_PENDING", "ERR_TOKEN_REJECTED"];

/** Returns what a call carries; `undefined` if it goes out without a token. */
export async function firstToken({ driver, patience, refuseNested }, { token, passive }, signal) {
  const isOptional = token === "optional";
  /** Returns where a call may go out although there is no token. */
  const without = (denial) => {
    const isOver = denial?.code === "ERR_SESSION_ENDED" && token !== "required";
    if (!isOver && !(isOptional && LATE.includes(denial?.code))) throw denial;
  };
  if (passive && !isOptional)
    await unlessAborted(signal, within((patience ?? 20) * 1000, driver.view.known()));
  const { status, reason } = driver.view.state;
  if (passive || (isOptional && status === "unknown" && !driver.isClosed)) {
    const held = driver.tokens.held(false);
    if (held || isOptional) return held;
    if (driver.isClosed) throw makeError("ERR_SESSION_CLOSED");
    if (status !== "ended") throw makeError("ERR_TOKEN_NOT_IN_HAND");
    return without({ code: "ERR_SESSION_ENDED", reason });
  }
  refuseNested();
  try {
    return await driver.tokens.wait(undefined, 0, signal);
  } catch (denial) {
    return without(denial);
  }
}
