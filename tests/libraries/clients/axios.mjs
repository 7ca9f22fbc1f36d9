import axios from "axios";

export function connect(session, { auth }) {
  const client = axios.create({ adapter: "fetch", env: { fetch: session.fetch } });
  return {
    me: async (signal) => (await client.get(`${auth}/api/me`, { signal })).data.sub,
    upload: async (file) =>
      (await client.post(`${auth}/api/echo`, file, { responseType: "arraybuffer" })).data,
  };
}
