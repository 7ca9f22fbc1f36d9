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
  return { browser, context, watch, close };
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
  /** By their ids. */
  #contexts = new Map();
  #pages = new Map();

  constructor(socket) {
    this.#socket = socket.on("message", (text) => this.#hear(JSON.parse(text)));
  }

  /** The default context, with the tab that is there. */
  async begin() {
    await this.send("session.new", { capabilities: {} });
    await this.send("session.subscribe", { events: EVENTS });
    const { contexts } = await this.send("browsingContext.getTree", {});
    const context = this.#context("default");
    for (const each of contexts) this.adopt(each.context, context);
    return context;
  }

  /** A context with cookies and storage of its own. */
  async newContext() {
    const { userContext } = await this.send("browser.createUserContext", {});
    return this.#context(userContext);
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
    const { level, text, source } = params;
    this.#pages.get(source.context)?.owner.emit("complaint", `${level}: ${text}`);
  }

  /** The page in a tab. */
  adopt(id, owner) {
    const page = new Page(id, this.send);
    this.#pages.set(id, { page, owner });
    return page;
  }

  pagesOf = (owner) =>
    [...this.#pages.values()].filter((each) => each.owner === owner).map(({ page }) => page);

  #context(id) {
    const context = new Context(id, this);
    this.#contexts.set(id, context);
    return context;
  }

  #note(id, { url, headers }) {
    const named = Object.fromEntries(
      headers.map(({ name, value }) => [name.toLowerCase(), value.value]),
    );
    // A request that outlives its page belongs to none.
    const { page, owner = this.#contexts.get("default") } = this.#pages.get(id) ?? {};
    owner.emit("request", {
      url: () => url,
      headers: () => named,
      frame: () => ({ page: () => page }),
    });
  }
}

class Context extends EventEmitter {
  #id;
  #browser;

  constructor(id, browser) {
    super();
    this.#id = id;
    this.#browser = browser;
  }

  /** A new tab, and one that is looked at. */
  async newPage() {
    const wanted = { type: "tab", userContext: this.#id };
    const { context } = await this.#browser.send("browsingContext.create", wanted);
    return this.#browser.adopt(context, this);
  }

  pages = () => this.#browser.pagesOf(this).filter((page) => !page.isClosed());

  async cookies() {
    const { cookies } = await this.#browser.send("storage.getCookies", this.#partition());
    return cookies.map(({ name, value }) => ({ name, value: value.value }));
  }

  clearCookies = () => this.#browser.send("storage.deleteCookies", this.#partition());

  #partition = () => ({ partition: { type: "storageKey", userContext: this.#id } });

  /** The network of all tabs goes, or comes back. */
  setOffline = (isOffline) =>
    this.#browser.send("emulation.setNetworkConditions", {
      networkConditions: isOffline ? { type: "offline" } : null,
      userContexts: [this.#id],
    });

  close = () => this.#browser.send("browser.removeUserContext", { userContext: this.#id });
}
