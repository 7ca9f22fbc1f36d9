// session.fetch beside native fetch, in Chromium.

import { compareWithNative } from "./differential.mjs";
import { open } from "./stage.mjs";

compareWithNative(open);
