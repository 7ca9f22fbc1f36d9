// One request and its answer, over node:http and node:https: fetch hides Set-Cookie, CORS and
// redirects.

import http from "node:http";
import https from "node:https";

import { parseBody } from "../src/response.js";

/** The most that is read of a body, in bytes: no answer that concerns us is longer. */
const LONGEST_BODY = 1024 * 1024;

/** There was no answer. The message says why, in a few words. */
export class NoAnswer extends Error {}

/** Sends a request on a connection of its own and follows no redirect. `timeout`: in seconds. */
export function exchange({ method, url, headers, body, timeout }) {
  return new Promise((resolve, reject) => {
    const { request: send } = url.protocol === "https:" ? https : http;
    const fail = (error) => reject(new NoAnswer(error.code ?? error.message));
    const request = send(url, {
      method,
      headers,
      agent: false,
      signal: AbortSignal.timeout(timeout * 1000),
    });
    request.on("error", (error) =>
      fail(error.name === "AbortError" ? new Error(`none within ${timeout} seconds`) : error),
    );
    request.on("response", (response) => {
      const chunks = [];
      let length = 0;
      response.on("data", (chunk) => {
        length += chunk.length;
        if (length > LONGEST_BODY)
          request.destroy(new Error(`a body of more than ${LONGEST_BODY} bytes`));
        else chunks.push(chunk);
      });
      response.on("error", fail);
      response.on("end", () =>
        resolve(new Answer(url, response, Buffer.concat(chunks).toString("utf8"))),
      );
    });
    request.end(body);
  });
}

/** An answer, read to its end. */
export class Answer {
  /** `at`: when it was there, in milliseconds since 1970, by our clock. */
  constructor(url, response, text, at = Date.now()) {
    Object.assign(this, { url, text, status: response.statusCode, headers: response.headers, at });
    this.setCookies = response.headers["set-cookie"] ?? [];
    /** Its JSON, or its text where it is none: as the client reads it, whatever the type says. */
    this.body = parseBody(text);
  }

  /** Whether it is JSON, and says so. */
  get isJson() {
    return this.type.endsWith("json") && this.body !== this.text;
  }

  get isOk() {
    return this.status >= 200 && this.status < 300;
  }

  get isRedirect() {
    return this.status >= 300 && this.status < 400;
  }

  /** The media type without its parameters; empty where there is none. */
  get type() {
    return (this.headers["content-type"] ?? "").split(";")[0].trim().toLowerCase();
  }

  /** The members of a header that is a list, in lower case. */
  list(name) {
    const members = (this.headers[name] ?? "")
      .split(",")
      .map((member) => member.trim().toLowerCase());
    return members.filter((member) => member !== "");
  }
}
