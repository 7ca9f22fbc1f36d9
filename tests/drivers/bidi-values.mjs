// Converts the arguments and results of functions that run in a page, to and from the types of
// WebDriver BiDi (script.LocalValue, script.RemoteValue).

/** Converts a plain value for the page. */
export function toBidi(value) {
  if (value === null || value === undefined) return { type: String(value) };
  if (Array.isArray(value)) return { type: "array", value: value.map(toBidi) };
  if (typeof value === "object") {
    const members = Object.entries(value).map(([name, member]) => [name, toBidi(member)]);
    return { type: "object", value: members };
  }
  const isOdd = Number.isNaN(value) || Math.abs(value) === Infinity || Object.is(value, -0);
  return { type: typeof value, value: isOdd ? numberName(value) : value };
}

/** Converts a value that the page has returned. */
export function fromBidi({ type, value }) {
  if (type === "undefined") return undefined;
  if (type === "null") return null;
  if (type === "array") return value.map(fromBidi);
  if (type === "object") {
    // Objects of the browser's own classes have no members to show.
    return Object.fromEntries((value ?? []).map(([name, member]) => [name, fromBidi(member)]));
  }
  if (type === "number") return Number(value);
  if (type === "date") return new Date(value);
  if (["string", "boolean"].includes(type)) return value;
  throw new Error(`a page has returned a ${type}`);
}

const numberName = (value) => (Object.is(value, -0) ? "-0" : String(value));
