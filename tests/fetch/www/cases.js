// The calls that are made both ways: a name, and a function that makes the arguments afresh. `at(path, origin)` is a URL.
//
// `reason`: what the call is aborted with. `then`: done as soon as the call was made, and told how to wait until a server
// has got it. `read`: how the body is read.

/** Where a call can go: where the token belongs, where it does not, and where nobody lets the page in. */
const PLACES = ["own", "friend", "stranger", "closed"];
const BINARY = new Uint8Array([0, 1, 254, 255, 13, 10]);

const BODIES = {
  nothing: () => undefined,
  null: () => null,
  "an empty string": () => "",
  "a string": () => "plain",
  "umlauts and emoji": () => "grüße 🎉",
  "a lone surrogate": () => "\ud800",
  "a Blob": () => new Blob([BINARY], { type: "image/png" }),
  "a Blob without a type": () => new Blob([BINARY]),
  "a File": () => new File([BINARY], "ä.bin", { type: "application/x-thing" }),
  "a large Blob": () => new Blob([new Uint8Array(300_000).fill(7)]),
  "an ArrayBuffer": () => BINARY.slice().buffer,
  "a view of a part": () => new Uint8Array(BINARY.buffer, 2, 3),
  "a DataView": () => new DataView(BINARY.buffer, 1, 4),
  "search params": () => new URLSearchParams({ a: "1 2", ü: "&=" }),
  "a number": () => 5,
  "an object": () => ({ a: 1 }),
  "a form": () => form(["text", "grüße"]),
  "a form with a file": () => form(["text", "x"], ["file", new File([BINARY], "a b.bin")]),
  "a stream": () => new Blob(["streamed"]).stream(),
};

function form(...fields) {
  const form = new FormData();
  for (const field of fields) form.append(...field);
  return form;
}

/** Each value of each member, with a body where one is needed. */
const MEMBERS = {
  method: [
    "GET",
    "get",
    "POST",
    "post",
    "PUT",
    "PATCH",
    "patch",
    "DELETE",
    "HEAD",
    "OPTIONS",
    "X-OWN",
    "TRACE",
    "CONNECT",
    "",
    "a b",
  ],
  mode: ["cors", "same-origin", "no-cors", "navigate", "websocket"],
  credentials: ["omit", "same-origin", "include", "sometimes"],
  cache: ["default", "no-store", "reload", "no-cache", "force-cache", "only-if-cached", "never"],
  redirect: ["follow", "error", "manual", "elsewhere"],
  referrer: ["", "about:client", "/elsewhere", "http://other.test/", "http://["],
  referrerPolicy: [
    "",
    "no-referrer",
    "no-referrer-when-downgrade",
    "same-origin",
    "origin",
    "strict-origin",
    "origin-when-cross-origin",
    "strict-origin-when-cross-origin",
    "unsafe-url",
    "some",
  ],
  integrity: [
    "",
    "sha256-PZakWBIOaIaMzKa61mvj/I30Ynprc3LWm5jTunaId00=",
    "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "nonsense",
  ],
  keepalive: [true, false, 1],
  priority: ["high", "low", "auto", "urgent"],
  window: [null, "window"],
  duplex: ["half", "full"],
  signal: [null, undefined, "signal"],
  unknown: ["to everybody"],
  targetAddressSpace: ["loopback", "moon"],
  headers: [
    {},
    { "X-Mine": "1", accept: "text/html" },
    [
      ["x-mine", "1"],
      ["x-mine", "2"],
    ],
    new Headers({ "x-mine": "3" }),
    { cookie: "a=b", host: "evil.test", "sec-own": "1" },
    { "a b": "c" },
    { a: "\n b" },
    { a: "ü" },
    { a: "☃" },
    [["alone"]],
    "text",
    null,
    5,
    { "content-type": "application/json" },
    { Authorization: "Basic eDp5" },
  ],
};

function* members(_at) {
  for (const [member, values] of Object.entries(MEMBERS)) {
    for (const [index, value] of values.entries()) {
      for (const place of PLACES.slice(0, 3)) {
        const init = () => ({ [member]: value });
        yield [`${member} #${index} to ${place}`, (at) => ({ args: [at("/m", place), init()] })];
        yield [
          `${member} #${index} of a Request to ${place}`,
          (at) => ({ args: [lazily(() => new Request(at("/m", place), init()))] }),
        ];
      }
    }
  }
}

/** What cannot be made is passed as it is: both calls get the same nonsense. */
function lazily(make) {
  try {
    return make();
  } catch (error) {
    return {
      toString: () => {
        throw error;
      },
    };
  }
}

function* bodies() {
  for (const [kind, body] of Object.entries(BODIES)) {
    for (const place of PLACES) {
      const init = (method) => ({
        method,
        body: body(),
        ...(kind === "a stream" && { duplex: "half" }),
      });
      yield [`POST of ${kind} to ${place}`, (at) => ({ args: [at("/b", place), init("POST")] })];
      yield [
        `a Request with ${kind} to ${place}`,
        (at) => ({ args: [new Request(at("/b", place), init("PUT"))] }),
      ];
    }
    yield [`GET with ${kind}`, (at) => ({ args: [at("/b"), { body: body() }] })];
    yield [
      `${kind}, kept alive`,
      (at) => ({ args: [at("/b"), { method: "POST", body: body(), keepalive: true }] }),
    ];
  }
  yield [
    "a Request with a body, and another one beside it",
    (at) => ({ args: [new Request(at("/b"), { method: "POST", body: "a" }), { body: "b" }] }),
  ];
  yield [
    "60 KiB, kept alive",
    (at) => ({ args: [at("/b"), { method: "POST", body: "x".repeat(60 << 10), keepalive: true }] }),
  ];
  yield [
    "70 KiB, kept alive",
    (at) => ({ args: [at("/b"), { method: "POST", body: "x".repeat(70 << 10), keepalive: true }] }),
  ];
  yield [
    "a stream without duplex",
    (at) => ({ args: [at("/b"), { method: "POST", body: new Blob(["x"]).stream() }] }),
  ];
}

function* inputs() {
  yield ["nothing at all", () => ({ args: [] })];
  yield ["undefined", () => ({ args: [undefined] })];
  yield ["a URL", (at) => ({ args: [new URL(at("/i"))] })];
  yield ["a relative URL", (at) => ({ args: [new URL(at("/i")).href.slice(origin().length)] })];
  yield ["an object that is none", (at) => ({ args: [{ toString: () => at("/i") }] })];
  yield [
    "an object that throws",
    () => ({
      args: [
        {
          toString() {
            throw new RangeError("mine");
          },
        },
      ],
    }),
  ];
  yield ["an init that is none", (at) => ({ args: [at("/i"), 5] })];
  yield ["an init of null", (at) => ({ args: [at("/i"), null] })];
  yield ["more arguments", (at) => ({ args: [at("/i"), {}, "more"] })];
  yield [
    "an init that throws",
    (at) => ({
      args: [
        at("/i"),
        {
          get method() {
            throw new RangeError("mine");
          },
        },
      ],
    }),
  ];
  yield [
    "headers of an iterator",
    (at) => ({ args: [at("/i"), { headers: new Map([["x-mine", "1"]]).entries() }] }),
  ];
  yield [
    "a used Request",
    (at) => {
      const request = new Request(at("/i"), { method: "POST", body: "x" });
      request.text();
      return { args: [request] };
    },
  ];
  yield [
    "a Request that is told more",
    (at) => ({
      args: [
        new Request(at("/i"), { headers: { a: "1" } }),
        { headers: { b: "2" }, method: "PUT" },
      ],
    }),
  ];
  for (const url of [
    "http://[",
    "http://u:p@127.0.0.1:1/",
    "data:text/plain,hello",
    "about:blank",
    "ftp://a.test/",
    "javascript:0",
    "http://127.0.0.1:1/",
  ]) {
    yield [`the URL ${url}`, () => ({ args: [url] })];
  }
  const blob = globalThis.document && URL.createObjectURL(new Blob(["blob"]));
  yield ["a blob: URL", () => ({ args: [blob] })];
}

const origin = () => globalThis.location.origin;

function* answers() {
  for (const status of [200, 201, 204, 205, 206, 304, 400, 403, 404, 409, 429, 500, 503]) {
    for (const place of PLACES)
      yield [`${status} of ${place}`, (at) => ({ args: [at(`/a?status=${status}`, place)] })];
  }
  for (const place of PLACES) {
    yield [`a reset by ${place}`, (at) => ({ args: [at("/a?reset", place)] })];
    for (const status of [301, 302, 303, 307, 308]) {
      for (const method of ["GET", "POST"]) {
        for (const redirect of ["follow", "error", "manual"]) {
          const init = () => ({ method, redirect, ...(method === "POST" && { body: "moved" }) });
          const to = (at) => encodeURIComponent(at("/end", place));
          yield [
            `${method}, ${status} to ${place}, ${redirect}`,
            (at) => ({ args: [at(`/a?status=${status}&to=${to(at)}`), init()] }),
          ];
        }
      }
    }
  }
  yield ["a redirect to nowhere", (at) => ({ args: [at("/a?status=302")] })];
  yield ["a body that is read in parts", (at) => ({ args: [at("/a?half")], read: firstChunk })];
  yield [
    "a body that is cancelled",
    (at) => ({
      args: [at("/a?half")],
      read: (response) => response.body.cancel().then(() => "cancelled"),
    }),
  ];
  yield [
    "a clone",
    (at) => ({
      args: [at("/a")],
      read: async (response) => [await response.clone().text(), await response.text()].join(),
    }),
  ];
}

async function firstChunk(response) {
  const reader = response.body.getReader();
  const { value } = await reader.read();
  await reader.cancel();
  return new TextDecoder().decode(value);
}

/** Reasons of any type. */
const REASONS = {
  none: undefined,
  "an error": new RangeError("mine"),
  "an object": { mine: true },
  "a string": "mine",
  null: null,
  zero: 0,
};

function* aborts() {
  for (const [kind, reason] of Object.entries(REASONS)) {
    for (const place of ["own", "stranger"]) {
      yield [
        `aborted before, with ${kind}, to ${place}`,
        (at) => ({ args: [at("/s", place), { signal: AbortSignal.abort(reason) }], reason }),
      ];
      yield [
        `aborted at once, with ${kind}, to ${place}`,
        (at) => {
          const controller = new AbortController();
          return {
            args: [at("/s?slow", place), { signal: controller.signal }],
            reason,
            then: () => controller.abort(reason),
          };
        },
      ];
      yield [
        `aborted on the wire, with ${kind}, to ${place}`,
        (at) => {
          const controller = new AbortController();
          const then = async (onTheWire) => {
            await onTheWire();
            controller.abort(reason);
          };
          return { args: [at("/s?slow", place), { signal: controller.signal }], reason, then };
        },
      ];
      yield [
        `aborted in the body, with ${kind}, to ${place}`,
        (at) => {
          const controller = new AbortController();
          const read = (response) => {
            const text = response.text();
            controller.abort(reason);
            return text;
          };
          return { args: [at("/s?half", place), { signal: controller.signal }], reason, read };
        },
      ];
    }
  }
  yield [
    "aborted at once, a Request",
    (at) => {
      const controller = new AbortController();
      return {
        args: [new Request(at("/s?slow"), { signal: controller.signal })],
        then: () => controller.abort(),
      };
    },
  ];
  yield [
    "a body whose call is aborted before",
    (at) => ({ args: [at("/s"), { method: "POST", body: "x", signal: AbortSignal.abort() }] }),
  ];
  yield [
    "a Request with a body whose call is aborted",
    (at) => ({
      args: [new Request(at("/s"), { method: "POST", body: "x" }), { signal: AbortSignal.abort() }],
    }),
  ];
  yield ["a time-out", (at) => ({ args: [at("/s?slow"), { signal: AbortSignal.timeout(100) }] })];
  yield [
    "aborted at once, any of two",
    (at) => {
      const controller = new AbortController();
      const signal = AbortSignal.any([AbortSignal.timeout(60_000), controller.signal]);
      return { args: [at("/s?slow"), { signal }], then: () => controller.abort() };
    },
  ];
}

/** All of them; `origins` are not needed to name them. */
export function cases() {
  return [...members(), ...bodies(), ...inputs(), ...answers(), ...aborts()];
}
