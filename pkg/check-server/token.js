// Where an access token stands in an answer, and how long the answer says that it lives.

/** The fields that are recognised, as the client does, the commonest first. */
const NAMES = ["access_token", "access", "accessToken", "token"];
const FIELDS = [...NAMES, ...NAMES.map((name) => `data.${name}`)];

/** From here on a number of seconds is a date and no lifetime: some 30 years. */
const A_DATE = 1e9;
/** From here on a date is in milliseconds: as seconds it would be in the year 5138. */
const IN_MILLISECONDS = 1e11;

/** The token and where it stands; `others`: where a different one stands that could be meant as well. */
export function findToken(answer, { tokenField }) {
  const places = tokenField ? [tokenField] : FIELDS;
  const found = places.map((place) => ({ place, token: text(member(answer.json, place)) }));
  const header = /^Bearer +(\S+)$/i.exec(answer.headers.authorization ?? "")?.[1];
  if (!tokenField) found.push({ place: "the header Authorization", token: header });
  const [first, ...more] = found.filter(({ token }) => token !== undefined);
  if (!first) return undefined;
  return {
    ...first,
    others: more.filter(({ token }) => token !== first.token).map(({ place }) => place),
  };
}

/** The member at a path such as `data.access_token`. */
export function member(json, path) {
  return path
    .split(".")
    .reduce((value, name) => (Object(value) === value ? value[name] : undefined), json);
}

const text = (value) => (typeof value === "string" && value !== "" ? value : undefined);

/** The claims of a JWT, not verified; `undefined`: it is none. */
export function claimsOf(token) {
  const parts = token.split(".");
  if (parts.length !== 3) return undefined;
  try {
    const claims = JSON.parse(Buffer.from(parts[1], "base64url").toString("utf8"));
    return Object(claims) === claims ? claims : undefined;
  } catch {
    return undefined;
  }
}

/**
 * What an answer says about the life of its token: `lifetime` in seconds; `mistake`, why that is not to be relied on;
 * `quirk`, what is odd about how it is said. Each may be missing.
 */
export function lifetimeOf(answer, token) {
  const { exp, iat } = claimsOf(token) ?? {};
  if (exp >= IN_MILLISECONDS) return { mistake: "the claim exp is in milliseconds" };
  const since = typeof iat === "number" ? iat : answer.at / 1000;
  const byClaims = typeof exp === "number" ? exp - since : undefined;
  const said = member(answer.json, "expires_in") ?? member(answer.json, "data.expires_in");
  if (said === undefined) return { lifetime: byClaims };
  const quirk = typeof said === "number" ? undefined : "The field expires_in is a text";
  return { lifetime: byClaims ?? Number(said), mistake: mistakeOf(Number(said), byClaims), quirk };
}

function mistakeOf(said, byClaims) {
  if (!Number.isFinite(said)) return "expires_in is no number";
  if (said >= A_DATE) return "expires_in is a date and not a number of seconds";
  const isMilliseconds =
    byClaims === undefined ? said >= 60_000 && said % 1000 === 0 : near(said / 1000, byClaims);
  if (isMilliseconds) return "expires_in is in milliseconds";
  if (byClaims === undefined || near(said, byClaims)) return undefined;
  return `expires_in says ${Math.round(said)} s, and the token's own exp ${Math.round(byClaims)} s`;
}

/** Two lifetimes of one token may differ by what an answer takes. */
const near = (one, other) => Math.abs(one - other) <= Math.max(5, other * 0.05);
