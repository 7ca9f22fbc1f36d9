// What the browser holds for a driver: its listeners and its channel. It does not hold the driver: a session that nobody references is
// collected.

import { openChannel } from "./channel.js";
import { isHidden } from "./globals.js";
import { listenToPage, whenActivated } from "./page.js";

/** Releases what the browser holds for a driver that was collected. */
const collected = new FinalizationRegistry((held) => release(held));

function release(held) {
  held.unlisten?.();
  held.unwait?.();
  held.channel?.close();
  held.unlisten = held.unwait = held.channel = undefined;
}

export class Outside {
  #driver;
  #options;
  /** In an object of its own, for it outlives the driver. */
  #held = {};

  constructor(driver, options) {
    this.#driver = driver.weakly;
    this.#options = options;
    collected.register(driver, this.#held);
  }

  #with(call) {
    const driver = this.#driver.deref();
    if (driver) call(driver);
  }

  get hasChannel() {
    return this.#held.channel !== undefined;
  }

  /** Listens to the page, and tells the driver that it has started once the page is there for somebody. */
  listen() {
    const happened = (what) => this.#with((driver) => driver.happened(what));
    this.#held.unlisten = listenToPage({
      happened,
      leave: () => {
        happened("left");
        // A message would throw the page out of the back/forward cache.
        this.#closeChannel();
      },
      comeBack: () => {
        this.#openChannel();
        happened(isHidden() ? "back-hidden" : "back");
      },
      stored: (key) => {
        if (key === null) for (const what of ["stored", "cleared"]) happened(what);
        else this.#with((driver) => driver.entries.isAbout(key) && happened("stored"));
      },
    });
    this.#held.unwait = whenActivated(() => {
      this.#openChannel();
      if (isHidden()) happened("hidden");
      happened("started");
    });
  }

  /** Says it to all other tabs. That nobody hears it is nobody's concern. */
  post(message) {
    try {
      this.#held.channel?.postMessage(message);
    } catch {
      // It cannot be cloned: somebody has changed a prototype.
    }
  }

  #openChannel() {
    this.#closeChannel();
    const heard = (message) => this.#with((driver) => driver.enter((core) => core.heard(message)));
    this.#held.channel = openChannel(this.#options, heard);
  }

  #closeChannel() {
    this.#held.channel?.close();
    this.#held.channel = undefined;
  }

  /** The session object was closed: a page that is not there for anybody yet is waited for no more. */
  unwait() {
    this.#held.unwait?.();
  }

  release() {
    release(this.#held);
  }
}
