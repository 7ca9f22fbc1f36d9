// axios on fetch, with axios-auth-refresh and the interceptor of its readme.

import axios from "axios";
import { createAuthRefresh } from "axios-auth-refresh";

import { current, renew } from "./bearer.mjs";

// axios reads the body of every response.
globalThis.bench.readsBodies = true;

export const start = async () => {
  const api = axios.create({ adapter: "fetch" });
  api.interceptors.request.use(async (request) => {
    request.headers.Authorization = `Bearer ${current() ?? (await renew())}`;
    return request;
  });
  // By its default, calls that were under way and meet the same 401 are rejected.
  createAuthRefresh(api, renew, { deduplicateRefresh: false });
  return (url, init) =>
    api({ url, method: init?.method ?? "GET", headers: init?.headers, data: init?.body });
};
