// An auth server and an API that live in the page: what they are sent can be looked at, what they answer can be set.

const encode = (value) =>
  btoa(JSON.stringify(value)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

export class FakeServer {
  constructor() {
    this.calls = [];
    this.refreshAnswers = [];
    this.signOutAnswers = [];
    this.apiAnswers = [];
    this.lifetime = 900;
    this.serial = 0;
    this.good = undefined;
    this.scope = "profile";
    /** How the API takes the token. */
    this.attach = { header: "Authorization", scheme: "Bearer" };
    /** The header in which a granted refresh sends the attempt id back. */
    this.echoes = undefined;
    this.fetch = (...args) => this.#answer(args);
  }

  /** A new token; the one before is of no use any more. */
  token(sub = "alice") {
    this.serial += 1;
    const iat = 1_700_000_000;
    const claims = {
      sub,
      iat,
      exp: iat + this.lifetime,
      scope: this.scope,
      jti: String(this.serial),
    };
    this.good = `${encode({ alg: "none" })}.${encode(claims)}.${this.serial}`;
    return this.good;
  }

  login(sub) {
    return JSON.stringify({
      access_token: this.token(sub),
      token_type: "Bearer",
      expires_in: this.lifetime,
    });
  }

  revoke() {
    this.good = undefined;
  }

  /** The next answer of the refresh endpoint: a status, a body, headers as JSON. */
  answerRefresh(status, body, headers) {
    this.refreshAnswers.push({ status, body, headers: JSON.parse(headers) });
  }

  /** The next refresh is answered when `letGo` is called. */
  holdRefresh() {
    let letGo;
    this.refreshAnswers.push({ held: new Promise((resolve) => (letGo = resolve)) });
    this.letGo = letGo;
  }

  failRefresh() {
    this.refreshAnswers.push({ error: new TypeError("network down") });
  }

  /** The next answer of the sign-out endpoint, else a 204; a status of 0: none. */
  answerSignOut(status, body, headers) {
    this.signOutAnswers.push({ status, body, headers: JSON.parse(headers) });
  }

  /** The next answer of the API: a status, headers as JSON. */
  answerApi(status, headers) {
    this.apiAnswers.push({ status, headers: JSON.parse(headers) });
  }

  failApi(error) {
    this.apiAnswers.push({ error });
  }

  count(part) {
    return this.calls.filter((call) => call.url.includes(part)).length;
  }

  /** A member of the n-th call whose URL has this part. */
  member(part, index, name) {
    return this.calls.filter((call) => call.url.includes(part))[index]?.[name];
  }

  async #answer(args) {
    const request = new Request(...args);
    const call = { args, url: request.url, request };
    for (const name of ["method", "keepalive", "credentials", "redirect", "cache"])
      call[name] = request[name];
    for (const name of ["authorization", "content-type", "x-requested-with"]) {
      call[name] = request.headers.get(name) ?? undefined;
    }
    this.calls.push(call);
    call.bytes = Array.from(new Uint8Array(await request.arrayBuffer())).join();
    if (request.url.includes("/auth/refresh")) return this.#refresh(request);
    if (request.url.includes("/auth/logout")) return this.#signOut();
    const answer = this.apiAnswers.shift();
    if (answer?.error) throw answer.error;
    if (answer) return new Response("", answer);
    const { header, scheme } = this.attach;
    const isGood =
      this.good !== undefined && request.headers.get(header) === `${scheme} ${this.good}`.trim();
    call.response = isGood
      ? new Response("{}", { status: request.url.includes("/forbidden") ? 403 : 200 })
      : new Response("no", { status: 401 });
    return call.response;
  }

  #signOut() {
    const answer = this.signOutAnswers.shift() ??
      this.apiAnswers.shift() ?? { status: 204, body: null };
    if (answer.error) throw answer.error;
    if (answer.status === 0) throw new TypeError("network down");
    return new Response(answer.body, answer);
  }

  async #refresh(request) {
    const answer = this.refreshAnswers.shift();
    if (answer?.error) throw answer.error;
    if (answer?.held) await answer.held;
    else if (answer) return new Response(answer.body, answer);
    const echo = this.echoes && { [this.echoes]: request.headers.get(this.echoes) };
    return new Response(this.login(), { headers: { "content-type": "application/json", ...echo } });
  }
}

const real = { wall: Date.now.bind(Date), monotonic: performance.now.bind(performance) };

/** Milliseconds, by a clock that no test stops. */
export function now() {
  return real.monotonic();
}

/** Both clocks of the page, stopped and set by hand until they go on. Timers run. */
export class StoppedClock {
  /** The one that was stopped, if one is. */
  static current;

  constructor() {
    StoppedClock.current = this;
    const [wall, monotonic] = [real.wall(), real.monotonic()];
    this.passed = 0;
    Date.now = () => wall + this.passed;
    performance.now = () => monotonic + this.passed;
  }

  advance(ms) {
    this.passed += ms;
  }

  /** Goes on from where it stands: nothing has been skipped. */
  resume() {
    const [passed, resumed] = [this.passed, real.monotonic()];
    Object.defineProperty(this, "passed", { get: () => passed + real.monotonic() - resumed });
  }
}

/** Sets the clock forward that was stopped, if one was. */
export function letPass(ms) {
  StoppedClock.current?.advance(ms);
}

/** Lets whatever clock was stopped go on. */
export function goOn() {
  StoppedClock.current = undefined;
  Date.now = real.wall;
  delete performance.now;
}

/** Resolves after a turn of the event loop. */
export function turn() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}

/** Has the window, or the document, hear an event. */
export function fire(target, kind, members) {
  const Class =
    { storage: StorageEvent, pageshow: PageTransitionEvent, pagehide: PageTransitionEvent }[kind] ??
    Event;
  globalThis[target].dispatchEvent(new Class(kind, JSON.parse(members)));
}

/** Everything that the page's storage holds. */
export function stored() {
  return JSON.stringify([
    { ...globalThis.localStorage },
    { ...globalThis.sessionStorage },
    globalThis.document?.cookie,
  ]);
}

/** Another process writes an entry right after this page has read it, once. */
export function overtakeRead(key, value) {
  const { getItem } = Storage.prototype;
  Storage.prototype.getItem = function (read) {
    const found = getItem.call(this, read);
    if (read === key) {
      Storage.prototype.getItem = getItem;
      this.setItem(key, value);
    }
    return found;
  };
}

/** A body of each kind that can be sent twice, and a stream that cannot. */
export function body(kind) {
  switch (kind) {
    case "string":
      return "grüße";
    case "bytes":
      return new Uint8Array([0, 255, 10, 13]);
    case "blob":
      return new Blob([new Uint8Array([1, 2, 3])], { type: "image/png" });
    case "params":
      return new URLSearchParams({ a: "1 2", b: "&" });
    case "form": {
      const form = new FormData();
      form.append("file", new Blob(["content"]), "a.txt");
      return form;
    }
    case "stream":
      return new Blob(["streamed"]).stream();
  }
}

/** Reads as one URL at first, and as another from then on. */
export function changeling(first, then) {
  let looked = false;
  return { toString: () => (looked ? then : ((looked = true), first)) };
}

export function init(method, body, headers) {
  const init = { method, headers: JSON.parse(headers) };
  if (body !== undefined) init.body = body;
  if (body instanceof ReadableStream) init.duplex = "half";
  return init;
}

export function withSignal(signal) {
  return { signal };
}
