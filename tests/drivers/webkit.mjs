// Starts WebKitGTK's MiniBrowser by WebKitWebDriver, which speaks classic WebDriver only: one
// command at a time, to one window at a time, and no events. Without a display it starts an
// invisible one.

import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { Builder, Capabilities } from "selenium-webdriver";
import { DriverService } from "selenium-webdriver/remote/index.js";

import { createProfile, run } from "./program.mjs";
import { Page } from "./webkit-page.mjs";

const DRIVER = process.env.WEBKIT_DRIVER ?? "/usr/bin/WebKitWebDriver";
/** The folder in which distributions install its libraries. */
const LIBRARIES = "/usr/lib";
const XVFB = process.env.XVFB ?? "Xvfb";

/** Milliseconds until a command fails. */
const PATIENCE = 60_000;

// Selenium has nothing to look for, since both programs are named below. It must not search the
// network either.
process.env.SE_OFFLINE = "true";
process.env.SE_AVOID_STATS = "true";

/**
 * Starts a browser. `close` ends it and removes its profile. `origin`: the server whose cookies the
 * context shows.
 */
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

/**
 * Reports the uncaught errors of pages with `begin.js` when they are closed, until the returned
 * function is called.
 */
function watch(context, complain) {
  context.complain = complain;
  return () => {
    context.complain = undefined;
  };
}

/**
 * Finds the newest MiniBrowser. Debian has it at
 * `/usr/lib/<architecture>/webkit2gtk-<version>/MiniBrowser`.
 */
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

/** Starts an X server on a display number that the server finds free itself. */
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

/** Variables that make the browser write into this folder only. */
function foldersIn(folder) {
  return Object.fromEntries(
    ["XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"].map((name) => [name, folder]),
  );
}

/**
 * The windows of one WebDriver session. Commands go to the window that was switched to last, so
 * they run one by one.
 */
class Windows {
  #driver;
  #current;
  #last = Promise.resolve();
  /** The first window. It stays open, because a new window is opened from an existing one. */
  #home;

  constructor(driver) {
    this.#driver = driver;
  }

  /** Waits for its turn, and runs `work` with the driver in this window, or in any window. */
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

  /** Opens a window, and returns its handle. */
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
 * The only context, shared by all windows: the driver offers no other profile. It and its pages
 * follow Playwright's, for `tests/tabs/tab.mjs`.
 */
class Context {
  /** Makes `tests/tabs/wire.mjs` fail: the requests of tabs are invisible here. */
  isBlind = true;
  /** Receives the complaints of pages. */
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

  /** Opens a window, not a tab: a tab in the background is hidden. */
  async newPage() {
    return this.#add(await this.#windows.open());
  }

  pages = () => this.#pages.filter((page) => !page.isClosed());

  /**
   * The cookies that are sent to the auth server, HttpOnly ones included. Others cannot be read.
   */
  cookies = () => this.#atServer((driver) => driver.manage().getCookies());

  /** Deletes the same cookies. */
  clearCookies = () => this.#atServer((driver) => driver.manage().deleteAllCookies());

  /**
   * Does nothing: classic WebDriver reports neither requests, nor the console, nor uncaught errors.
   */
  on() {
    return this;
  }

  off() {
    return this;
  }

  /** Runs `work` in the first window, at the server's URL. No document need exist there. */
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
