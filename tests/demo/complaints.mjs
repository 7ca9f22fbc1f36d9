// What pages complain of: errors nobody has caught, and the console.

/** Collects the complaints of all pages of a context. */
export function collectComplaints(context) {
  const complaints = [];
  context.on("weberror", (error) =>
    complaints.push(`uncaught: ${error.error().stack ?? error.error()}`),
  );
  context.on("console", (message) => {
    if (message.type() === "error" && !isExpected(message)) {
      complaints.push(`console: ${message.text()} (${message.location().url})`);
    }
  });
  return complaints;
}

/** The browser itself notes each refusal, and the story wants refusals: of these paths, with these statuses. */
function isExpected(message) {
  const { url } = message.location();
  const path = URL.canParse(url) ? new URL(url).pathname : "";
  return (
    /^\/(api|auth)\//.test(path) &&
    /^Failed to load resource: the server responded with a status of (401|403|503)/.test(
      message.text(),
    )
  );
}
