// In Firefox, no token goes where it may not either.

import { lookForLeaks } from "../fetch/leaks.mjs";
import { begin } from "../fetch/stage.mjs";
import { launch } from "./firefox.mjs";

lookForLeaks(async () => {
  const { context, close } = await launch();
  return begin(await context.newPage(), close);
});
