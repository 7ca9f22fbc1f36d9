// HttpLink sends JSON and nothing else: the file goes as a variable, in base64.

import { ApolloClient, gql, HttpLink, InMemoryCache } from "@apollo/client";

import { fromBase64, toBase64 } from "./base64.mjs";

const ME = gql("query { me }");
const ECHO = gql("mutation ($data: String!) { echo(data: $data) }");

export function connect(session, { api }) {
  const uri = `${api}/graphql`;
  const client = new ApolloClient({
    link: new HttpLink({ uri, fetch: session.fetch }),
    cache: new InMemoryCache(),
  });
  return {
    // Else equal queries at one time are one request, and the next ones none.
    async me(signal) {
      const context = { queryDeduplication: false, fetchOptions: { signal } };
      return (await client.query({ query: ME, fetchPolicy: "no-cache", context })).data.me;
    },
    async upload(file) {
      const { data } = await client.mutate({
        mutation: ECHO,
        variables: { data: await toBase64(file) },
      });
      return fromBase64(data.echo);
    },
  };
}
