// Ways to make the wasm trap.

const { now } = Date;

/** What the glue has instantiated: memories, and how many calls of exports do not trap. */
const instances = [];
let left = Number.POSITIVE_INFINITY;

/** The exports that are methods of `Core`. Their names are short, and the glue knows them. */
function methodNames() {
  const request = new XMLHttpRequest();
  request.open("GET", "/pkg/dist/silent_session.js", false);
  request.send();
  const calls = request.responseText.matchAll(/wasm\.(\w+)\(this\.__wbg_ptr/g);
  return new Set(Array.from(calls, ([, name]) => name));
}

/** Records the instances of the wasm from now on. Call it before the first session is created. */
export function watchInstances() {
  const methods = methodNames();
  const watch = ({ exports }) => {
    const memory = Object.values(exports).find((value) => value instanceof WebAssembly.Memory);
    instances.push(memory);
    const watched = Object.entries(exports).map(([name, value]) => [
      name,
      methods.has(name) ? (...args) => called(value, args) : value,
    ]);
    return { exports: Object.fromEntries(watched) };
  };
  const { instantiate } = WebAssembly;
  WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
    construct: (target, args) => watch(Reflect.construct(target, args)),
  });
  WebAssembly.instantiate = async (...args) => watch(await instantiate.apply(WebAssembly, args));
}

/** Returns how often the wasm was instantiated. */
export const countInstances = () => instances.length;

/** Returns how many bytes the memory of the last instance has. */
export const memoryOfWasm = () => instances.at(-1).buffer.byteLength;

function called(method, args) {
  const told = method(...args);
  left -= 1;
  if (left < 0) {
    left = Number.POSITIVE_INFINITY;
    throw new WebAssembly.RuntimeError("unreachable");
  }
  return told;
}

/** Has the next call into the wasm trap. */
export const traps = {
  /** In the middle of it. */
  clock() {
    Date.now = () => {
      if (!/wasm/.test(new Error("here").stack)) return now();
      Date.now = now;
      throw new Error("no time");
    };
  },
  /** At its end; or that of a later one. */
  unreachable(later = 0) {
    left = later;
  },
  /** By itself: nothing in its memory is what it was. */
  memory() {
    new Uint8Array(instances.at(-1).buffer).fill(0xff);
  },
};
