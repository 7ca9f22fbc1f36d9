// Starts Firefox, by geckodriver. It is led by WebDriver BiDi: many tabs at the same time, and what they send is seen.

import { EventEmitter } from "node:events";

import { Builder } from "selenium-webdriver";
import firefox from "selenium-webdriver/firefox.js";

import { Page } from "./firefox-page.mjs";

const PROGRAM = process.env.FIREFOX ?? "/usr/bin/firefox";
const DRIVER = process.env.GECKODRIVER ?? "/usr/bin/geckodriver";

// Both programs are named below, so Selenium has nothing to look for; if it did, it would not do so in the network.
process.env.SE_OFFLINE = "true";
process.env.SE_AVOID_STATS = "true";

const EVENTS = ["network.beforeRequestSent", "log.entryAdded"];

// So that the browser is ended whatever ends us, but for SIGKILL.
for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

/** A browser and its default context; `close` ends it and forgets it. */
export async function launch() {
  const options = new firefox.Options().setBinary(PROGRAM).addArguments("-headless").enableBidi();
  const driver = await new Builder()
    .disableEnvironmentOverrides()
    .forBrowser("firefox")
    .setFirefoxOptions(options)
    .setFirefoxService(new firefox.ServiceBuilder(DRIVER))
    .build();
  const browser = (await driver.getCapabilities()).get("moz:processID");
  const kill = () => process.kill(browser, "SIGKILL");
  process.on("exit", kill);
  const close = async () => {
    process.off("exit", kill);
    await driver.quit();
  };
  const context = new Context(await driver.getBidi());
  await context.begin();
  const watch = (watched, complain) => {
    watched.on("complaint", complain);
    return () => watched.off("complaint", complain);
  };
  return { context, watch, close };
}

/** What all tabs have in common. It and its pages are made after Playwright's, for the sake of `tests/tabs/tab.mjs`. */
class Context extends EventEmitter {
  #bidi;
  #pages = new Map();

  constructor(bidi) {
    super();
    this.#bidi = bidi;
  }

  async begin() {
    this.#bidi.on("network.beforeRequestSent", (sent) => this.emit("request", this.#request(sent)));
    this.#bidi.on("log.entryAdded", ({ level, text }) =>
      this.emit("complaint", `${level}: ${text}`),
    );
    await this.send("session.subscribe", { events: EVENTS });
    const { contexts } = await this.send("browsingContext.getTree", {});
    for (const { context } of contexts) this.#page(context);
  }

  /** Orders something of the browser, and returns its answer. */
  send = async (method, params) => {
    const { result, error, message } = await this.#bidi.send({ method, params });
    if (error) throw new Error(`${method}: ${error}: ${message}`);
    return result;
  };

  /** A new tab, and one that is looked at. */
  async newPage() {
    const { context } = await this.send("browsingContext.create", { type: "tab" });
    return this.#page(context);
  }

  pages = () => [...this.#pages.values()].filter((page) => !page.isClosed());

  async cookies() {
    const { cookies } = await this.send("storage.getCookies", {});
    return cookies.map(({ name, value }) => ({ name, value: value.value }));
  }

  clearCookies = () => this.send("storage.deleteCookies", {});

  #page(context) {
    if (!this.#pages.has(context)) this.#pages.set(context, new Page(context, this.send));
    return this.#pages.get(context);
  }

  #request({ context, request: { url, headers } }) {
    const named = Object.fromEntries(
      headers.map(({ name, value }) => [name.toLowerCase(), value.value]),
    );
    // A request that outlives its page belongs to none.
    const page = context && this.#page(context);
    return { url: () => url, headers: () => named, frame: () => ({ page: () => page }) };
  }
}
