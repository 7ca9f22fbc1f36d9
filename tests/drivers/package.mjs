// The package under test.

import { fileURLToPath } from "node:url";

/**
 * As it is shipped: some 60 modules. `SILENT_SESSION_PACKAGE`: another copy of it, to see that the
 * tests can fail.
 */
export const SHIPPED =
  process.env.SILENT_SESSION_PACKAGE ?? fileURLToPath(new URL("../../pkg", import.meta.url));

/** As apps have it, in one file: `bundle.mjs` makes it. */
export const BUNDLED = process.env.SILENT_SESSION_BUNDLE ?? SHIPPED;
