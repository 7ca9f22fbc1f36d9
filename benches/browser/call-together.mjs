// Calls that the scenarios make in a page.

/**
 * Runs in the page: makes so many calls at the same moment. Returns when it began and when all had
 * their replies, in milliseconds since 1970 and comparable between tabs, and how many failed.
 */
export async function callTogether(calls) {
  const now = () => performance.timeOrigin + performance.now();
  const since = now();
  let failed = 0;
  const one = () =>
    bench.call("/api/me").then(
      ({ status }) => (failed += Number(status !== 200)),
      () => (failed += 1),
    );
  await Promise.all(Array.from({ length: calls }, one));
  return { since, until: now(), failed };
}
