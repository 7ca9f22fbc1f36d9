// The libraries: what they report of a call that was aborted.

export const LIBRARIES = [
  { name: "ky", aborted: { name: "AbortError" } },
  { name: "axios", aborted: { name: "CanceledError", code: "ERR_CANCELED" } },
  { name: "openapi-fetch", aborted: { name: "AbortError" } },
  { name: "apollo", aborted: { name: "AbortError" } },
  { name: "graphql-request", aborted: { name: "AbortError" } },
  { name: "trpc", aborted: { name: "TRPCClientError", cause: "AbortError" } },
  { name: "ofetch", aborted: { name: "FetchError", cause: "AbortError" } },
  { name: "supabase", aborted: { name: "AbortError" } },
];
