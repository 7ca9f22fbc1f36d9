// What the wasm exports, of an instance that no other test uses.

export async function load() {
  const exports = await import(new URL("/wasm-bindgen-test?exports", location.origin));
  const wasm = new URL("/wasm-bindgen-test_bg.wasm", location.origin);
  await exports.default({ module_or_path: wasm });
  return exports;
}

/** Starts a session of this name, as the package's entry does. It publishes its states there. */
export function start({ Core }, name, fetch, published) {
  const options = {
    name,
    fetch,
    refresh: "https://app.test/auth/refresh",
    authOrigin: `https://app.test/${name}`,
    refreshBy: { url: "https://app.test/auth/refresh", init: { method: "POST" }, headers: [] },
    signOutBy: { url: "https://app.test/auth/logout", init: { method: "POST" }, headers: [] },
    attemptHeader: "X-Requested-With",
    sendTokenTo: ["https://app.test/api"],
  };
  return new Core(options, (state) => published.push(state));
}

/** After the tasks that are due. */
export function turn() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => resolve(port1.close());
    port2.postMessage(undefined);
  });
}
