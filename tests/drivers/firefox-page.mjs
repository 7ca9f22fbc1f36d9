// One tab of Firefox, with the methods of Playwright's pages that `tests/tabs/tab.mjs` uses.

import { fromBidi, toBidi } from "./bidi-values.mjs";
import { untilTrue } from "./until.mjs";

export class Page {
  #context;
  #send;
  #url;
  #isClosed = false;

  constructor(context, send) {
    this.#context = context;
    this.#send = send;
  }

  url = () => this.#url;
  isClosed = () => this.#isClosed;

  /** Runs a function in the page. Its argument and its result are plain values. */
  async evaluate(inPage, argument) {
    const { type, result, exceptionDetails } = await this.#send("script.callFunction", {
      functionDeclaration: String(inPage),
      arguments: [toBidi(argument)],
      target: { context: this.#context },
      awaitPromise: true,
    });
    if (type === "exception") throw new Error(`in the page: ${exceptionDetails.text}`);
    return fromBidi(result);
  }

  /**
   * Waits until a function returns a truthy value in the page. Another page may be loaded
   * meanwhile.
   */
  waitForFunction = (inPage, argument, limits) => untilTrue(this, inPage, argument, limits);

  /** Runs a function in all later documents of this tab, before their own scripts. */
  addInitScript(inPage) {
    const functionDeclaration = `() => { (${inPage})(); }`;
    return this.#send("script.addPreloadScript", {
      functionDeclaration,
      contexts: [this.#context],
    });
  }

  async goto(url) {
    this.#url = url;
    await this.#navigates("browsingContext.navigate", { url });
  }

  reload = () => this.#navigates("browsingContext.reload", {});

  async goBack() {
    const from = await this.evaluate(() => location.href);
    await this.#send("browsingContext.traverseHistory", { context: this.#context, delta: -1 });
    const isThere = (from) => location.href !== from && document.readyState === "complete";
    await this.waitForFunction(isThere, from);
  }

  async close() {
    this.#isClosed = true;
    await this.#send("browsingContext.close", { context: this.#context });
  }

  bringToFront = () => this.#send("browsingContext.activate", { context: this.#context });

  #navigates(method, params) {
    return this.#send(method, { context: this.#context, wait: "complete", ...params });
  }
}
