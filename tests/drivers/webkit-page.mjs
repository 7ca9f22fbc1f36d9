// One window of WebKit, with those methods of Playwright's pages that `tests/tabs/tab.mjs` is written for.

import { setTimeout as pause } from "node:timers/promises";

import { untilTrue } from "./until.mjs";

/** How often it is looked whether something is there, in milliseconds. */
const LOOK = 10;
/** And for how long: a limit, and no more than that. */
const PATIENCE = 60_000;
/** Where a page keeps what came of the functions that run in it. */
const ANSWERS = "__answersOfTheDriver";
/** How its address says that it waits, how it knows that it need not, and how it is told that it will be left. */
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

  /** Without what `addInitScript` has put into it. */
  url = () => this.#url?.split("#")[0];
  isClosed = () => this.#isClosed;

  /**
   * Runs a function in the page. What goes in and comes out is JSON. Only its beginning is a command: while it runs,
   * the other windows can be talked to. Rejects when the page is gone before it has ended.
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

  /** Asks the page until it says something true; there may be another page in the window by then. */
  waitForFunction = (inPage, argument, limits) => untilTrue(this, inPage, argument, limits);

  /**
   * Runs a function in the documents of this window that come, before any script of theirs. Classic WebDriver has no
   * such command, so the page has to help: it waits where its address ends with `#wait` (`tests/tabs/www/begin.js`).
   * Fails where one with scripts does not. A page that a link leads to does without the functions.
   */
  async addInitScript(inPage) {
    this.#initScripts.push(String(inPage));
  }

  async goto(url) {
    const target = new URL(url);
    if (this.#initScripts.length > 0) target.hash = WAIT;
    // With a fragment, the same address is another place of the same document.
    if (target.hash && target.href === this.#url) return this.reload();
    await this.#navigate((driver) => driver.get(target.href));
  }

  reload = () => this.#navigate((driver) => driver.navigate().refresh());

  /** As it was, if the browser has kept it, or loaded again. */
  goBack = () => this.#navigate((driver) => driver.navigate().back());

  async close() {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const complaints = await this.#run("return globalThis.complaints ?? []");
    complaints.forEach(this.#complain);
    await this.#windows.close(this.#handle);
  }

  /** It has the focus. No window covers another on a display without a window manager: all of them are seen. */
  bringToFront = () => this.do(() => {});

  /** Does something with the driver in this window, when nothing else is being done. */
  do = (work) => this.#windows.in(this.#handle, work);

  /**
   * Waits until another document is there, and loaded. The command itself does not in a window that was just opened: it
   * takes the end of the load of `about:blank` for its own.
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

  /** Lets a page go on that waits for the functions of `addInitScript`, when they have run. */
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
