// What outlives its page, in Chromium.

import { tryKeepalive } from "./keepalive.mjs";
import { open } from "./stage.mjs";

tryKeepalive(open);
