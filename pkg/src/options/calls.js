// Checks the arguments of a session's methods.

import { invalid, optionsOf } from "./checks.js";

/** Whether it is what a server may have answered: a response, its JSON, or a token. */
const isAnswer = (value) =>
  typeof value === "string" || (typeof value === "object" && value !== null);

export function checkLogin(login) {
  if (typeof login !== "function" && !isAnswer(login))
    throw invalid("login", "must be a function, a Response, its JSON, a token, or nothing at all");
}

export function checkAnswer(answer) {
  if (!isAnswer(answer)) throw invalid("answer", "must be a Response, its JSON, or a token");
}

/** The options of `accessToken`. */
export function readTokenOptions(options) {
  const { not, minValidity = 0, signal } = optionsOf(options);
  if (not !== undefined && typeof not !== "string")
    throw invalid("not", "must be the token that was refused");
  if (!(minValidity >= 0)) throw invalid("minValidity", "must be a number of seconds, 0 or more");
  return { not, minValidity, signal };
}
