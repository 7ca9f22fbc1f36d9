// Starts a Chromium that prerenders. Chromium does not prerender while a page is debugged, as
// Playwright does. Here the tab is debugged, which may have two pages at a time.

import { startChromium } from "./people.mjs";

export class Prerenderer {
  #child;
  #forget;
  #asked = new Map();
  #lastId = 0;
  #said = "";
  /**
   * The pages that exist, and the callers that wait for one. `subtype` is `"prerender"` or
   * undefined.
   */
  #pages = [];
  #waiting = [];

  /** Starts the browser with one tab, which has an empty page. */
  static async launch() {
    const browser = new Prerenderer();
    const { child, forget } = await startChromium("--remote-debugging-pipe", [
      "ignore",
      "ignore",
      "ignore",
      "pipe",
      "pipe",
    ]);
    browser.#child = child;
    browser.#forget = forget;
    child.stdio[4].setEncoding("utf8").on("data", (text) => browser.#hear(text));
    const { targetId } = await browser.#send("Target.createTarget", {
      url: "about:blank",
      forTab: true,
    });
    const { sessionId } = await browser.#send("Target.attachToTarget", { targetId, flatten: true });
    const attach = { autoAttach: true, waitForDebuggerOnStart: false, flatten: true };
    await browser.#send("Target.setAutoAttach", attach, sessionId);
    return browser;
  }

  /** Waits for the first page of this subtype; `"prerender"` is a prerendered page. */
  async page(subtype) {
    const sessionId = await new Promise((resolve) => {
      this.#waiting.push({ subtype, resolve });
      this.#serve();
    });
    return new Page((method, details) => this.#send(method, details, sessionId));
  }

  async close() {
    // The browser is gone before it can respond.
    this.#send("Browser.close").catch(() => {});
    await this.#forget();
  }

  #send(method, params = {}, sessionId = undefined) {
    const id = ++this.#lastId;
    this.#child.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return new Promise((resolve, reject) => this.#asked.set(id, { resolve, reject }));
  }

  /** Messages end with a zero byte. */
  #hear(text) {
    const messages = (this.#said + text).split("\0");
    this.#said = messages.pop();
    for (const { id, error, result, method, params } of messages.map((message) =>
      JSON.parse(message),
    )) {
      if (error) this.#asked.get(id).reject(new Error(error.message));
      else if (id) this.#asked.get(id).resolve(result);
      else if (method === "Target.attachedToTarget" && params.targetInfo.type === "page") {
        this.#pages.push({ sessionId: params.sessionId, subtype: params.targetInfo.subtype });
        this.#serve();
      }
    }
  }

  #serve() {
    this.#waiting = this.#waiting.filter(({ subtype, resolve }) => {
      const found = this.#pages.find((page) => page.subtype === subtype);
      if (found) resolve(found.sessionId);
      return !found;
    });
  }
}

class Page {
  #send;

  constructor(send) {
    this.#send = send;
  }

  /** Navigates, and waits until the page is loaded. */
  async goTo(url) {
    // The speculation rules are an inline script, which the policy of the page may forbid.
    await this.#send("Page.setBypassCSP", { enabled: true });
    await this.#send("Page.navigate", { url });
    await this.run(() => {
      const loaded = new Promise((resolve) => addEventListener("load", () => resolve()));
      return document.readyState === "complete" || loaded;
    });
  }

  /** Makes the browser prerender a URL. */
  async prerender(url) {
    await this.run((url) => {
      const script = document.createElement("script");
      script.type = "speculationrules";
      script.textContent = JSON.stringify({ prerender: [{ urls: [url], eagerness: "immediate" }] });
      document.head.append(script);
    }, url);
  }

  /** Runs a function in the page. */
  async run(inPage, argument) {
    const expression = `(${inPage})(${JSON.stringify(argument) ?? ""})`;
    const asked = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = await this.#send("Runtime.evaluate", asked);
    if (exceptionDetails)
      throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }
}
