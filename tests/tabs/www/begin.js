// For drivers that can run nothing in a page before it begins: where its address says so, it waits until they have.

if (location.hash === "#wait") {
  await new Promise((resolve) => {
    globalThis.begin = resolve;
  });
}
