// Starts WebKitGTK's MiniBrowser, by WebKitWebDriver. It speaks classic WebDriver only: one command at a time, to one
// window at a time, and no events. Where no display is given, there is one that nobody sees.

import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { Builder, Capabilities } from "selenium-webdriver";
import { DriverService } from "selenium-webdriver/remote/index.js";

import { createProfile, run } from "./program.mjs";
import { Page } from "./webkit-page.mjs";

const DRIVER = process.env.WEBKIT_DRIVER ?? "/usr/bin/WebKitWebDriver";
/** Where distributions have the libraries that come with it. */
const LIBRARIES = "/usr/lib";
const XVFB = process.env.XVFB ?? "Xvfb";

/** Milliseconds: a limit, and no more than that. */
const PATIENCE = 60_000;

// Both programs are named below, so Selenium has nothing to look for; if it did, it would not do so in the network.
process.env.SE_OFFLINE = "true";
process.env.SE_AVOID_STATS = "true";

/** A browser and its only context; `close` ends it and forgets it. `origin`: whose cookies are meant. */
export async function launch({ origin }) {
  const binary = process.env.WEBKIT ?? (await findBrowser());
  if (!binary) throw new Error("no MiniBrowser: install webkit2gtk-driver, or name it by WEBKIT");
  const display = process.env.DISPLAY ? { env: {}, close: async () => {} } : await startDisplay();
  const profile = await createProfile();
  const service = new DriverService.Builder(DRIVER)
    .setLoopback(true)
    .setHostname("127.0.0.1")
    .setEnvironment({ ...process.env, ...display.env, ...foldersIn(profile.folder) })
    .build();
  const close = async (driver) => {
    await driver?.quit();
    await service.kill();
    await display.close();
    await profile.remove();
  };
  try {
    const driver = await new Builder()
      .disableEnvironmentOverrides()
      .usingServer(await service.start(PATIENCE))
      .withCapabilities(
        new Capabilities({
          browserName: "MiniBrowser",
          "webkitgtk:browserOptions": { binary, args: ["--automation"] },
          timeouts: { script: PATIENCE, pageLoad: PATIENCE },
        }),
      )
      .build();
    const context = new Context(new Windows(driver), `${origin}/auth/`);
    await context.begin();
    return { context, watch, close: () => close(driver) };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Tells what nobody has caught in pages with `begin.js`, when they are closed, until what it returns is called. */
function watch(context, complain) {
  context.complain = complain;
  return () => {
    context.complain = undefined;
  };
}

/** The newest MiniBrowser that is installed: `/usr/lib/<architecture>/webkit2gtk-<version>/MiniBrowser` at Debian's. */
async function findBrowser() {
  const found = [];
  for (const entry of await readdir(LIBRARIES, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const folder = join(LIBRARIES, entry.name);
    const versions = (await readdir(folder)).filter((name) => name.startsWith("webkit2gtk-"));
    found.push(...versions.map((name) => join(folder, name, "MiniBrowser")));
  }
  return found.sort().at(-1);
}

/** A display of its own, on a free number, which the server itself has found. */
async function startDisplay() {
  const { child, kill, ended } = run(
    XVFB,
    ["-displayfd", "3", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"],
    ["ignore", "ignore", "ignore", "pipe"],
    "SIGTERM",
  );
  const number = await new Promise((resolve, reject) => {
    child.on("error", (cause) => reject(new Error("no Xvfb: install xvfb", { cause })));
    child.on("exit", (code) => reject(new Error(`${XVFB} ended with ${code}`)));
    let said = "";
    child.stdio[3].setEncoding("utf8").on("data", (text) => {
      said += text;
      if (said.endsWith("\n")) resolve(said.trim());
    });
  });
  const close = () => {
    kill();
    return ended;
  };
  return { env: { DISPLAY: `:${number}`, GDK_BACKEND: "x11" }, close };
}

/** What the browser writes, it writes into a folder of its own. */
function foldersIn(folder) {
  return Object.fromEntries(
    ["XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"].map((name) => [name, folder]),
  );
}

/** The windows of one session. Its commands concern the window that was switched to last, so they go one by one. */
class Windows {
  #driver;
  #current;
  #last = Promise.resolve();
  /** The one that was there first, and stays: a new one is opened from one that is there. */
  #home;

  constructor(driver) {
    this.#driver = driver;
  }

  /** Does something when it is its turn, with the driver in that window, or in any. */
  in(handle, work) {
    const done = this.#last.then(async () => {
      if (handle !== undefined && handle !== this.#current) {
        this.#current = undefined;
        await this.#driver.switchTo().window(handle);
        this.#current = handle;
      }
      return work(this.#driver);
    });
    this.#last = done.catch(() => {});
    return done;
  }

  async begin() {
    this.#home = await this.in(undefined, (driver) => driver.getWindowHandle());
    return this.#home;
  }

  /** Opens one, and returns its handle. */
  open = () =>
    this.in(this.#home, async (driver) => {
      this.#current = undefined;
      await driver.switchTo().newWindow("window");
      this.#current = await driver.getWindowHandle();
      return this.#current;
    });

  close = (handle) =>
    this.in(handle, async (driver) => {
      this.#current = undefined;
      await driver.close();
    });
}

/**
 * What all windows have in common. It and its pages are made after Playwright's, for the sake of
 * `tests/tabs/tab.mjs`. There is one of it: no other profile can be had from the driver.
 */
class Context {
  /** Whoever asks what the tabs have sent is told that nobody knows. */
  isBlind = true;
  /** Who is told what a page complains of. */
  complain;
  #windows;
  #address;
  #pages = [];

  constructor(windows, address) {
    this.#windows = windows;
    this.#address = address;
  }

  async begin() {
    this.#add(await this.#windows.begin());
  }

  /** A new window, and one that is seen: a tab in the window of another is hidden. */
  async newPage() {
    return this.#add(await this.#windows.open());
  }

  pages = () => this.#pages.filter((page) => !page.isClosed());

  /** Those that go to the auth server, also those that no script can read. Others cannot be had. */
  cookies = () => this.#atServer((driver) => driver.manage().getCookies());

  /** Removes the same ones. */
  clearCookies = () => this.#atServer((driver) => driver.manage().deleteAllCookies());

  /** Classic WebDriver tells of nothing: neither requests, nor what the console says, nor errors that nobody caught. */
  on() {
    return this;
  }

  off() {
    return this;
  }

  /** Does something in the first window, at the server's address. No document need be there. */
  async #atServer(work) {
    const [first] = this.#pages;
    if (first.url() !== this.#address) await first.goto(this.#address);
    return first.do(work);
  }

  #add(handle) {
    const page = new Page(handle, this.#windows, (complaint) => this.complain?.(complaint));
    this.#pages.push(page);
    return page;
  }
}
