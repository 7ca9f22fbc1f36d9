// The switch between renewing ahead of the expiry and on demand. An option of the session: it takes a new page.

import { refreshAhead } from "./session.js";

const ahead = document.querySelector("#ahead");

/** Makes the switch work. */
export function offerRenewal() {
  ahead.checked = refreshAhead;
  ahead.addEventListener("change", () => {
    const url = new URL(location.href);
    if (ahead.checked) url.searchParams.delete("ahead");
    else url.searchParams.set("ahead", "off");
    location.assign(url);
  });
}
