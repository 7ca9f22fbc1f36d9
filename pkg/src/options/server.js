// The habits of the auth server.

import { invalid, known } from "./checks.js";

const ROTATIONS = ["none", "replays", "refuses", "revokes"];

/** Reads the group `server`. `sendsAttempts`: whether the server is sent an attempt id at all. */
export function readServer(server = {}, sendsAttempts = true) {
  if (server === null || typeof server !== "object") throw invalid("server", "must be an object");
  const { rotation } = known(server, ["rotation"], "server.");
  if (rotation !== undefined && !ROTATIONS.includes(rotation)) {
    throw invalid("server.rotation", `must be one of ${ROTATIONS.join(", ")}`);
  }
  if (rotation === "replays" && !sendsAttempts) {
    throw invalid(
      "server.rotation",
      'cannot be "replays" with attemptHeader: false, which sends no attempt id to recognise',
    );
  }
  return { rotation };
}
