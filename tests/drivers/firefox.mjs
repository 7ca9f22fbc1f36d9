// Starts Firefox. It is led by WebDriver BiDi, which it speaks itself: many tabs at the same time, and what they send is seen.

import { EventEmitter, once } from "node:events";

import { WebSocket } from "ws";

import { Page } from "./firefox-page.mjs";
import { address, start } from "./program.mjs";

const PROGRAM = process.env.FIREFOX ?? "/usr/bin/firefox-esr";

const EVENTS = ["network.beforeRequestSent", "log.entryAdded"];

/** A browser and its default context; `close` ends it and forgets it. */
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

/** Tells what the pages of a context complain of, until what it returns is called. */
function watch(context, complain) {
  context.on("complaint", complain);
  return () => context.off("complaint", complain);
}

/** Its contexts and pages are made after Playwright's, for the sake of `tests/tabs`. */
class Browser {
  #socket;
  /** Who waits for an answer, by the order's number. */
  #asked = new Map();
  #lastId = 0;
  /** The only context: all tabs share cookies and storage. */
  #context = new Context(this);
  /** By their ids. */
  #pages = new Map();

  constructor(socket) {
    this.#socket = socket.on("message", (text) => this.#hear(JSON.parse(text)));
  }

  /** The default context, with the tab that is there. */
  async begin() {
    await this.send("session.new", { capabilities: {} });
    await this.send("session.subscribe", { events: EVENTS });
    const { contexts } = await this.send("browsingContext.getTree", {});
    for (const { context } of contexts) this.adopt(context);
    return this.#context;
  }

  /** Orders something of the browser, and returns its answer. */
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

  /** The page in a tab. */
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

  /** A new tab, and one that is looked at. */
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

  /** The network of all tabs goes, or comes back. */
  setOffline = (isOffline) =>
    this.#browser.send("emulation.setNetworkConditions", {
      networkConditions: isOffline ? { type: "offline" } : null,
      userContexts: ["default"],
    });
}
