// Turns among the sessions of one page, where the browser has no locks for all of them.

/** Who waits, by the name of the lock; the first of each has it. */
const lines = new Map();

/** Requests it; `granted` is called when it is held, with whether somebody else had it first: at once if not. Returns its release. */
export function requestLocally(name, granted) {
  const line = lines.get(name) ?? [];
  lines.set(name, line);
  const place = { granted };
  line.push(place);
  if (line.length === 1) granted(false);
  return () => {
    const index = line.indexOf(place);
    if (index < 0) return;
    line.splice(index, 1);
    if (index === 0) line[0]?.granted(true);
  };
}
