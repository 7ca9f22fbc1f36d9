// GraphQL over HTTP.

import { buildSchema } from "graphql";
import { createHandler } from "graphql-http/lib/use/fetch";

const schema = buildSchema(`
  type Query { me: String! }
  type Mutation { echo(data: String!): String! }
`);
const rootValue = { me: (_, { user }) => user.sub, echo: ({ data }) => data };

export const graphql = (request, user) =>
  createHandler({ schema, rootValue, context: () => ({ user }) })(request);
