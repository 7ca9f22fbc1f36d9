import createClient from "openapi-fetch";

export function connect(session, { auth: baseUrl }) {
  const client = createClient({ baseUrl, fetch: session.fetch });
  return {
    me: async (signal) => (await client.GET("/api/me", { signal })).data.sub,
    async upload(file) {
      const headers = { "Content-Type": file.type };
      const bodySerializer = (body) => body;
      const { data } = await client.POST("/api/echo", {
        body: file,
        bodySerializer,
        headers,
        parseAs: "arrayBuffer",
      });
      return data;
    },
  };
}
