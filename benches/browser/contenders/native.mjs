// `fetch` with a token at hand: what every contender is compared with. It never refreshes.

export const start = async () => {
  const headers = { Authorization: `Bearer ${globalThis.bench.token}` };
  return (url, init) => fetch(url, { ...init, headers: { ...init?.headers, ...headers } });
};
