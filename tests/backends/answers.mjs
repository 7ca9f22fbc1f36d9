// What calls are made with, and what is looked at of their answers.

/** Members of `init`: with cookies. */
export const INCLUDE = { credentials: "include" };
export const POST = { method: "POST", ...INCLUDE };

/** With a token. */
export const bearer = (token) => ({ headers: { Authorization: `Bearer ${token}` } });

/** Without the names of the headers. */
export const seen = ({ status, body }) => ({ status, body });

/** The claims of a token. */
export function claims(token) {
  return JSON.parse(Buffer.from(token.split(".")[1], "base64url").toString());
}

/** The token with another signature. */
export const forged = (token) => `${token.slice(0, -10)}${"A".repeat(10)}`;

/** The cookies that an answer sets: their attributes, sorted, without values and dates. */
export function setCookies(response) {
  const all = response.headers.getSetCookie().map((line) => {
    const [pair, ...attributes] = line.split("; ");
    return [
      pair.split("=")[0],
      attributes
        .filter((attribute) => !/^expires=/i.test(attribute))
        .sort()
        .join("; "),
    ];
  });
  return Object.fromEntries(all);
}
