// The life of the access token: a bar that shrinks, a mark where it will be renewed, and both in words.

const life = document.querySelector("#life");
const meter = document.querySelector("#life-meter");
const fill = document.querySelector("#life-fill");
const mark = document.querySelector("#life-mark");
const left = document.querySelector("#life-left");
const next = document.querySelector("#life-next");
const still = matchMedia("(prefers-reduced-motion: reduce)");

let shrinking;
let ticking;

/** Shows the life of a state's token, from now on until it is over or hidden. */
export function showLife(state) {
  const { expiresAt, refreshAt } = state;
  if (expiresAt === null) return;
  life.hidden = false;
  const remaining = Math.max(0, expiresAt - Date.now());
  const lifetime = Math.max(remaining, lifetimeOf(state));
  shrink(remaining, lifetime);
  mark.hidden = refreshAt === null;
  if (refreshAt !== null)
    mark.style.setProperty("left", `${(100 * (expiresAt - refreshAt)) / lifetime}%`);
  meter.setAttribute("aria-valuemax", String(seconds(lifetime)));
  tick(state);
}

/** Stops, and shows nothing. */
export function hideLife() {
  clearTimeout(ticking);
  shrinking?.cancel();
  life.hidden = true;
}

/** Milliseconds, by the server's own times. */
function lifetimeOf({ claims }) {
  return claims?.exp > claims?.iat ? 1000 * (claims.exp - claims.iat) : 0;
}

/** The browser animates it: no script runs for it. */
function shrink(remaining, lifetime) {
  const steps = Math.max(1, seconds(remaining));
  shrinking = fill.animate(
    [{ transform: `scaleX(${lifetime ? remaining / lifetime : 0})` }, { transform: "scaleX(0)" }],
    { duration: remaining, fill: "forwards", easing: still.matches ? `steps(${steps})` : "linear" },
  );
}

/** Once a second, until it has lapsed. */
function tick(state) {
  const remaining = state.expiresAt - Date.now();
  const lapsed = remaining <= 0;
  life.classList.toggle("lapsed", lapsed);
  left.textContent = lapsed ? "lapsed" : `${seconds(remaining)} s left`;
  next.textContent = plan(state.refreshAt);
  meter.setAttribute("aria-valuenow", String(seconds(Math.max(0, remaining))));
  meter.setAttribute("aria-valuetext", left.textContent);
  if (!lapsed) ticking = setTimeout(() => tick(state), remaining % 1000 || 1000);
}

function plan(refreshAt) {
  if (refreshAt === null) return "Renewed on demand: with the next call after it has lapsed.";
  const wait = refreshAt - Date.now();
  return wait > 0
    ? `Renewed at the mark, in ${seconds(wait)} s.`
    : "Renewal is due: trying until the server answers.";
}

function seconds(milliseconds) {
  return Math.ceil(milliseconds / 1000);
}
