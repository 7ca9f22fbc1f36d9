// One window of WebKit, with the methods of Playwright's pages that `tests/tabs/tab.mjs` uses.

import { setTimeout as pause } from "node:timers/promises";

import { untilTrue } from "./until.mjs";

/** Milliseconds between two looks at a condition. */
const LOOK = 10;
/** Milliseconds until waiting fails. */
const PATIENCE = 60_000;
/** The global that has the results of the functions that run in the page. */
const ANSWERS = "__answersOfTheDriver";
/**
 * The fragment that makes a page wait, the global of a page that has begun, and the global of a
 * page that is about to be left.
 */
const WAIT = "#wait";
const BEGUN = "__begunByTheDriver";
const LEFT = "__leftByTheDriver";

export class Page {
  #handle;
  #windows;
  #url;
  #isClosed = false;
  #sequence = 0;
  #initScripts = [];
  #complain;

  constructor(handle, windows, complain) {
    this.#handle = handle;
    this.#windows = windows;
    this.#complain = complain;
  }

  /** The URL without the fragment of `addInitScript`. */
  url = () => this.#url?.split("#")[0];
  isClosed = () => this.#isClosed;

  /**
   * Runs a function in the page. Its argument and its result are JSON. Only its start is a command,
   * so other windows can be driven while it runs. Rejects if the page is gone before the function
   * has ended.
   */
  async evaluate(inPage, argument = null) {
    const id = ++this.#sequence;
    await this.#run(
      `const [answers, id, argument] = arguments;
      const all = globalThis[answers] ?? Object.defineProperty(globalThis, answers, { value: {} })[answers];
      const mine = (all[id] = {});
      (async () => (${inPage})(JSON.parse(argument)))().then(
        (value) => Object.assign(mine, { done: true, value: JSON.stringify(value) }),
        (error) => Object.assign(mine, { done: true, error: \`\${error}\n\${error?.stack}\` }),
      );`,
      ANSWERS,
      id,
      JSON.stringify(argument),
    );
    for (;;) {
      const answer = await this.#run(
        `const [answers, id] = arguments;
        const mine = globalThis[answers]?.[id];
        if (mine?.done) delete globalThis[answers][id];
        return mine ?? null;`,
        ANSWERS,
        id,
      );
      if (!answer) throw new Error(`the page is gone in which this ran: ${inPage}`);
      if (answer.error !== undefined) throw new Error(`in the page: ${answer.error}`);
      if (answer.done) return answer.value === null ? undefined : JSON.parse(answer.value);
      await pause(LOOK);
    }
  }

  /**
   * Waits until a function returns a truthy value in the page. Another page may be loaded
   * meanwhile.
   */
  waitForFunction = (inPage, argument, limits) => untilTrue(this, inPage, argument, limits);

  /**
   * Runs a function in later documents of this window, before their own scripts. Classic WebDriver
   * has no such command, so the page has to help: it waits where its URL ends with `#wait`
   * (`tests/tabs/www/begin.js`). Fails if a page with scripts does not wait. A page that a link
   * leads to does not get the functions.
   */
  async addInitScript(inPage) {
    this.#initScripts.push(String(inPage));
  }

  async goto(url) {
    const target = new URL(url);
    if (this.#initScripts.length > 0) target.hash = WAIT;
    // `get` with a fragment would stay in the same document.
    if (target.hash && target.href === this.#url) return this.reload();
    await this.#navigate((driver) => driver.get(target.href));
  }

  reload = () => this.#navigate((driver) => driver.navigate().refresh());

  /** Goes back. The page comes from the back/forward cache, or is loaded again. */
  goBack = () => this.#navigate((driver) => driver.navigate().back());

  async close() {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const complaints = await this.#run("return globalThis.complaints ?? []");
    complaints.forEach(this.#complain);
    await this.#windows.close(this.#handle);
  }

  /**
   * Does nothing but wait for its turn: on a display without a window manager no window covers
   * another, and all are visible.
   */
  bringToFront = () => this.do(() => {});

  /** Runs `work` with the driver in this window, one at a time. */
  do = (work) => this.#windows.in(this.#handle, work);

  /**
   * Navigates, and waits until the other document is loaded. In a window that was just opened the
   * command alone does not wait: it sees the load of `about:blank`.
   */
  async #navigate(command) {
    const mark = ++this.#sequence;
    await this.#run("globalThis[arguments[0]] = arguments[1]", LEFT, mark);
    await this.do(command);
    for (const end = Date.now() + PATIENCE; ; await pause(LOOK)) {
      const url = await this.#run(
        `const [left, mark] = arguments;
        return globalThis[left] !== mark && document.readyState === "complete" ? location.href : null;`,
        LEFT,
        mark,
      );
      if (url) {
        this.#url = url;
        return this.#begin();
      }
      if (Date.now() > end) throw new Error(`no other document after ${this.#url}`);
    }
  }

  /**
   * Runs the functions of `addInitScript` in a page that waits for them, and lets the page go on.
   */
  async #begin() {
    if (this.#initScripts.length === 0 || new URL(this.#url).hash !== WAIT) return;
    const scripts = this.#initScripts.map((script) => `(${script})();`).join("\n");
    const state = await this.#run(
      `const [begun] = arguments;
      if (globalThis[begun]) return "comes from the cache";
      if (!globalThis.begin && document.scripts.length > 0) return "has not waited";
      globalThis[begun] = true;
      ${scripts}
      globalThis.begin?.();`,
      BEGUN,
    );
    if (state === "has not waited") throw new Error(`${this.#url} does not wait for the driver`);
  }

  #run = (script, ...rest) => this.do((driver) => driver.executeScript(script, ...rest));
}
