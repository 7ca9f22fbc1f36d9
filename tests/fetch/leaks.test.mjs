// In Chromium, no token goes where it may not.

import { lookForLeaks } from "./leaks.mjs";
import { open } from "./stage.mjs";

lookForLeaks(open);
