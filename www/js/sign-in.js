// Signing in: the buttons of the demo's users, the form, and the second factor.

import { SignInError } from "/pkg/index.js";
import { login, session } from "./session.js";

const form = document.querySelector("#sign-in");
const codeField = document.querySelector("#code-field");
const message = document.querySelector("#sign-in-message");
let running = false;

/** Makes buttons and form work. `settled` is called after each try. */
export function offerSignIn(settled) {
  const run = (credentials) => once(() => signIn(credentials)).then(settled);
  for (const button of document.querySelectorAll("button[data-user]")) {
    const { user, password } = button.dataset;
    button.addEventListener("click", () => run({ user, password }));
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const { user, password, code } = Object.fromEntries(new FormData(form));
    run(codeField.hidden ? { user, password } : { user, password, code });
  });
  // Another user, another second factor.
  form.elements.user.addEventListener("input", () => askForCode(false));
}

async function signIn(credentials) {
  say("");
  try {
    await session.signIn(() => login(credentials));
    form.reset();
    askForCode(false);
  } catch (error) {
    await explain(error);
  }
}

async function explain(error) {
  if (!(error instanceof SignInError)) return say(error.message);
  if (error.code === "ERR_SIGN_IN_INCOMPLETE" && error.body?.second_factor) {
    askForCode(true);
    return say("The password is right. Now the code of your second factor.", "question");
  }
  const answer = await error.response?.json().catch(() => undefined);
  say(`The server says: ${answer?.error ?? error.message} (${error.response?.status})`);
}

function askForCode(wanted) {
  codeField.hidden = !wanted;
  form.elements.code.value = "";
  if (wanted) form.elements.code.focus();
}

function say(text, tone = "") {
  message.textContent = text;
  message.className = `message ${tone}`;
}

/** A second click while the first one is answered is no second sign-in. */
async function once(work) {
  if (running) return;
  running = true;
  form.setAttribute("aria-busy", "true");
  await work().finally(() => {
    running = false;
    form.removeAttribute("aria-busy");
  });
}
