// What is wrong with what the app has given.

/** A TypeError that names the option or argument, and says what would be right. */
export function invalid(name, wanted, cause) {
  const error = new TypeError(`${name}: ${wanted}`, cause && { cause });
  error.code = "ERR_INVALID_OPTION";
  return error;
}
