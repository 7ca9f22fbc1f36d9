// The page and the back end on two hosts of one site, as on `app.example.com` and `api.example.com`.

import assert from "node:assert/strict";

import { test as base } from "@playwright/test";

import { INCLUDE } from "./answers.mjs";
import { testOf } from "./fixtures.mjs";

/** Chromium takes all names below `localhost` for this computer, and two labels for a site. */
const SITE = "shop.localhost";
const HOSTS = { page: `app.${SITE}`, backend: `api.${SITE}` };
const ALICE = { username: "alice", password: "alice's password" };

const BACKENDS = {
  django: {
    signIn: "/dj-rest-auth/login/",
    signOut: ["POST", "/dj-rest-auth/logout/"],
    cookie: "csrftoken",
    header: "X-CSRFToken",
  },
  flask: {
    signIn: "/login",
    signOut: ["DELETE", "/logout"],
    cookie: "csrf_refresh_token",
    header: "X-CSRF-TOKEN",
  },
};

for (const [name, { signIn, signOut, cookie, header }] of Object.entries(BACKENDS)) {
  /** It wants the cookies and the CSRF token. Returns the status. */
  const signOutWith = async (stage, csrf) => {
    const [method, path] = signOut;
    return (await stage.call(path, { method, headers: { [header]: csrf }, ...INCLUDE })).status;
  };

  base.describe(`${name}, without a domain`, () => {
    const test = testOf(name, HOSTS);

    test("the browser sends its cookies, and the page cannot read the CSRF token", async ({
      stage,
    }) => {
      await stage.call(signIn, { json: ALICE, ...INCLUDE });
      const csrf = await stage.cookie(cookie);
      assert.ok(csrf);
      assert.deepEqual(await stage.readable(), {});
      assert.equal(await signOutWith(stage, csrf), 200);
    });
  });

  base.describe(`${name}, with a domain`, () => {
    const test = testOf(name, HOSTS, SITE);

    test("the page reads the CSRF token", async ({ stage }) => {
      await stage.call(signIn, { json: ALICE, ...INCLUDE });
      assert.deepEqual(await stage.readable(), { [cookie]: await stage.cookie(cookie) });
      assert.equal(await signOutWith(stage, (await stage.readable())[cookie]), 200);
    });
  });
}
