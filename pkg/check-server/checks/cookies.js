// The refresh cookie as it was seen to be set, for the checks that look at it.

import { NotTried, right } from "../verdict.js";

/** The cookie as each answer sets it; `by`: whose answer. */
export function cookies({ main, answers }) {
  const set = Object.entries({ "the sign-in": answers.signIn, "the refresh": answers.first })
    .map(([by, answer]) => ({ by, url: answer?.url, ...(answer && main.cookieOf(answer)) }))
    .filter(({ name, isDeleted }) => name !== undefined && !isDeleted);
  if (set.length === 0) throw new NotTried("no answer sets the refresh cookie");
  return set;
}

/** The first complaint about one of them, or `seen`. */
export function each(kit, complaint, seen) {
  const set = cookies(kit);
  for (const cookie of set) {
    const found = complaint(cookie);
    if (found) return found;
  }
  return right(seen(set.at(-1)));
}
