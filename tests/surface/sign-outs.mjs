// Helpers for the tests of sign-outs.

/**
 * Defines in a page: a session with a sign-out endpoint, the requests that the server has received,
 * and the number of tries that is stored.
 */
export const define = () => {
  globalThis.JSON_TYPE = '{"content-type":"application/json"}';
  globalThis.open = (options) => start({ signOut: "/auth/logout", ...options });
  globalThis.opened = async (options) => {
    const both = open(options);
    await both.session.ready;
    return both;
  };
  globalThis.asked = (server) =>
    server.calls.map(({ url }) => new URL(url).pathname.replace("/auth/", ""));
  globalThis.tries = (options) => entry("sign-out", options)?.split(" ")[2];
  /** A session that has signed out while the server was unreachable. */
  globalThis.signedOut = async (options) => {
    const both = await opened(options);
    both.server.answerSignOut(0, "", "{}");
    await both.session.signOut();
    return both;
  };
};
