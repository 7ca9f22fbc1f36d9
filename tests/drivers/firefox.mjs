// Starts Firefox, and drives it by WebDriver BiDi, which Firefox speaks itself: many tabs at the
// same time, with the requests that they send.

import { EventEmitter, once } from "node:events";

import { WebSocket } from "ws";

import { Page } from "./firefox-page.mjs";
import { address, start } from "./program.mjs";

const PROGRAM = process.env.FIREFOX ?? "/usr/bin/firefox-esr";

const EVENTS = ["network.beforeRequestSent", "log.entryAdded"];

/** Starts a browser. `close` ends it and removes its profile. */
export async function launch() {
  const args = (profile) => ["--headless", "--remote-debugging-port=0", "--profile", profile];
  const { child, forget } = await start(PROGRAM, args, ["ignore", "ignore", "pipe"]);
  const socket = new WebSocket(
    `${await address(child, /WebDriver BiDi listening on (ws:\S+)/)}/session`,
  );
  await once(socket, "open");
  const browser = new Browser(socket);
  const context = await browser.begin();
  const close = async () => {
    await browser.send("browser.close", {});
    await forget();
  };
  return { context, watch, close };
}

/** Reports the complaints of the pages of a context, until the returned function is called. */
function watch(context, complain) {
  context.on("complaint", complain);
  return () => context.off("complaint", complain);
}

/** The connection to the browser. Contexts and pages follow Playwright's, for `tests/tabs`. */
class Browser {
  #socket;
  /** The commands that have no response yet, by id. */
  #asked = new Map();
  #lastId = 0;
  /** The only context: all tabs share cookies and storage. */
  #context = new Context(this);
  /** The pages, by id. */
  #pages = new Map();

  constructor(socket) {
    this.#socket = socket.on("message", (text) => this.#hear(JSON.parse(text)));
  }

  /** Begins a session. Returns the default context, with the tab that is open. */
  async begin() {
    await this.send("session.new", { capabilities: {} });
    await this.send("session.subscribe", { events: EVENTS });
    const { contexts } = await this.send("browsingContext.getTree", {});
    for (const { context } of contexts) this.adopt(context);
    return this.#context;
  }

  /** Sends a command, and returns its result. */
  send = (method, params) => {
    const id = ++this.#lastId;
    this.#socket.send(JSON.stringify({ id, method, params }));
    return new Promise((resolve, reject) => this.#asked.set(id, { method, resolve, reject }));
  };

  #hear({ id, type, method, params, result, error, message }) {
    if (type === "event") return this.#happened(method, params);
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    if (error) asked.reject(new Error(`${asked.method}: ${error}: ${message}`));
    else asked.resolve(result);
  }

  #happened(method, params) {
    if (method === "network.beforeRequestSent") return this.#note(params.context, params.request);
    this.#context.emit("complaint", `${params.level}: ${params.text}`);
  }

  /** Adds the page of a tab. */
  adopt(id) {
    const page = new Page(id, this.send);
    this.#pages.set(id, page);
    return page;
  }

  pages = () => [...this.#pages.values()].filter((page) => !page.isClosed());

  #note(id, { url, headers }) {
    const named = Object.fromEntries(
      headers.map(({ name, value }) => [name.toLowerCase(), value.value]),
    );
    // A request that outlives its page belongs to none.
    const page = this.#pages.get(id);
    this.#context.emit("request", {
      url: () => url,
      headers: () => named,
      frame: () => ({ page: () => page }),
    });
  }
}

class Context extends EventEmitter {
  #browser;

  constructor(browser) {
    super();
    this.#browser = browser;
  }

  /** Opens a new tab, in the foreground. */
  async newPage() {
    const { context } = await this.#browser.send("browsingContext.create", { type: "tab" });
    return this.#browser.adopt(context);
  }

  pages = () => this.#browser.pages();

  async cookies() {
    const { cookies } = await this.#browser.send("storage.getCookies", {});
    return cookies.map(({ name, value }) => ({ name, value: value.value }));
  }

  clearCookies = () => this.#browser.send("storage.deleteCookies", {});

  /** Takes all tabs offline or online. */
  setOffline = (isOffline) =>
    this.#browser.send("emulation.setNetworkConditions", {
      networkConditions: isOffline ? { type: "offline" } : null,
      userContexts: ["default"],
    });
}
