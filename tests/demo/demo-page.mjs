// The demo's page, as its user finds it: by roles and labels.

/** The storage key that says that pages are loaded with stopped timers. */
const STOPPED = "timers are stopped";

/** One tab with the demo. */
export class DemoPage {
  #page;

  constructor(page) {
    this.#page = page;
  }

  static async open(context, origin) {
    const page = await context.newPage();
    await page.goto(origin);
    return new DemoPage(page);
  }

  /** Opens another tab as its user does: from this one. */
  async openAnother() {
    const opened = this.#page.waitForEvent("popup");
    await this.#page.getByRole("link", { name: "Open another tab" }).click();
    return new DemoPage(await opened);
  }

  /**
   * Opens pages whose timers are stopped until they are active: they wait for the other tabs as long
   * as those take, and not for a tenth of a second.
   */
  async openPatient(open) {
    await this.#page.evaluate((key) => localStorage.setItem(key, "yes"), STOPPED);
    const pages = await open();
    for (const each of pages) {
      await each.becomes("active");
      await each.page.evaluate(() => letTimersGo());
    }
    await this.#page.evaluate((key) => localStorage.removeItem(key), STOPPED);
    return pages;
  }

  get page() {
    return this.#page;
  }

  button(name) {
    return this.#page.getByRole("button", { name, exact: true });
  }

  /** Clicks a button and waits until what it does is done. */
  async click(name) {
    await this.button(name).click();
    await this.#page.locator("button:not([aria-busy])").filter({ hasText: name }).waitFor();
  }

  /** Clicks a button of which the story does not await the end. */
  begin(name) {
    return this.button(name).click();
  }

  /** Makes a call with a button, and returns what the page says of it. */
  async call(name) {
    await this.click(name);
    return this.#log(/GET \/api\//)
      .first()
      .locator(".text")
      .innerText();
  }

  async fillIn(label, text) {
    await this.#page.getByLabel(label, { exact: true }).fill(text);
  }

  /** Sends the form as one does with the keyboard. */
  async submitFrom(label) {
    await this.#page.getByLabel(label, { exact: true }).press("Enter");
  }

  async message() {
    const alert = this.#page.getByRole("alert").filter({ hasText: /./ });
    await alert.waitFor();
    return alert.innerText();
  }

  async codeIsAskedFor() {
    await this.#page.getByLabel("Code", { exact: true }).waitFor();
  }

  /** Waits for a status: "unknown", "active", or "ended · " and the reason. */
  async becomes(status) {
    await this.#page
      .getByRole("status")
      .filter({ hasText: new RegExp(`^${status}$`) })
      .waitFor();
  }

  async status() {
    return this.#page.getByRole("status").innerText();
  }

  /** Who is signed in, in which session, with which token of it, and whether it came from another tab. */
  async session() {
    await this.becomes("active");
    return {
      who: await this.#page.locator("#who").innerText(),
      id: await this.#page.locator("#session-id").getAttribute("title"),
      generation: await this.generation(),
      elsewhere: await this.#page.getByText("from another tab", { exact: true }).isVisible(),
    };
  }

  /** What the page says of the end of the session. */
  ending() {
    return this.#page.locator("#ended-note").innerText();
  }

  async generation() {
    return Number(await this.#page.locator("#generation").innerText());
  }

  /** Waits until there is this generation, or a later one. */
  async reachesGeneration(least) {
    await this.#page.waitForFunction(
      (wanted) => Number(document.querySelector("#generation").textContent) >= wanted,
      least,
    );
  }

  /** Waits until all that want to send a refresh by now have had their turn. */
  turnsAreOver() {
    return this.#page.evaluate(() =>
      navigator.locks.request(`silent-session:${location.origin}`, () => {}),
    );
  }

  /** Waits until the page says that the access token has lapsed. */
  async lapses() {
    await this.#page.getByText("lapsed", { exact: true }).waitFor();
  }

  /** Waits until the log has it. */
  async logs(pattern) {
    await this.#log(pattern).first().waitFor();
  }

  /** Which tab this is. */
  async tab() {
    return this.#page
      .getByRole("list", { name: "Tabs" })
      .locator("[aria-current]")
      .getAttribute("title");
  }

  /** Waits until the page lists these tabs beside its own, and no others. */
  async lists(others) {
    const ids = await Promise.all([this, ...others].map((page) => page.tab()));
    await this.#page.waitForFunction((wanted) => {
      const listed = [...document.querySelectorAll("#tabs li")].map(({ title }) => title);
      return listed.toSorted().join() === wanted;
    }, ids.toSorted().join());
  }

  /** What the page says of how its tabs stand to each other. */
  async tabsFacts() {
    const [turns, hearing] = await this.#figures("Who takes turns", "Hear each other");
    return { turns, hearing };
  }

  /** How many refreshes this tab has sent, and how many tokens came from others, as the page shows it. */
  async tokenCounts() {
    const [refreshes, handedOver] = await this.#figures(
      "refreshes sent by this tab",
      "tokens from other tabs",
    );
    return { refreshes: Number(refreshes), handedOver: Number(handedOver) };
  }

  /** Turns renewal ahead of the expiry on or off, which loads the page again. */
  async setRenewalAhead(on) {
    await this.#page
      .getByRole("checkbox", { name: "Renew ahead of the expiry", checked: !on })
      .click();
    await this.#page.waitForURL((url) => url.searchParams.has("ahead") !== on);
    await this.becomes("active");
  }

  /** Which faces the session card has shown since the page was loaded, in order: see `recordFaces`. */
  faces() {
    return this.#page.evaluate(() => globalThis.facesShown);
  }

  #figures(...terms) {
    const figure = (term) =>
      this.#page.locator("dl > div", { hasText: term }).locator("dd").innerText();
    return Promise.all(terms.map(figure));
  }

  #log(pattern) {
    return this.#page.getByRole("log").getByRole("listitem").filter({ hasText: pattern });
  }
}

/** Lets pages of a context be opened by `openPatient`, after `STOPPABLE_TIMERS`. */
export function letStopTimers(context) {
  return context.addInitScript((key) => {
    // A page that is nowhere has no storage.
    if (globalThis.origin !== "null" && localStorage.getItem(key)) holdTimers();
  }, STOPPED);
}

/** Lets the pages of a context note each face of the session card as it is shown. */
export function recordFaces(context) {
  return context.addInitScript(noteFaces);
}

/** Runs in the page, before anything of it. */
function noteFaces() {
  const names = { restoring: "restoring", "signed-out": "sign-in form", "signed-in": "session" };
  const faces = [];
  const look = () => {
    for (const [id, name] of Object.entries(names)) {
      const shown = document.getElementById(id)?.hidden === false;
      if (shown && faces.at(-1) !== name) faces.push(name);
    }
  };
  new MutationObserver(look).observe(document, {
    subtree: true,
    childList: true,
    attributeFilter: ["hidden"],
  });
  globalThis.facesShown = faces;
}
