// The id of an attempt, as silent-session sends it.

import { randomBytes } from "node:crypto";

/** 32 hexadecimal digits. */
export const newAttempt = () => randomBytes(16).toString("hex");
