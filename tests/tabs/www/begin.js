// For drivers that can run nothing in a page before it begins: where its address says so, it waits until they have.

/** What nobody has caught, for drivers that are told of no events. */
globalThis.complaints = [];
addEventListener("error", ({ message }) => complaints.push(`uncaught: ${message}`));
addEventListener("unhandledrejection", ({ reason }) => complaints.push(`uncaught: ${reason}`));

if (location.hash === "#wait") {
  await new Promise((resolve) => {
    globalThis.begin = resolve;
  });
}
