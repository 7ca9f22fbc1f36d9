// Members of an error that hold what a server said show in no log.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

test("what a server said is not enumerable in any error", async ({ run }) => {
  const seen = await run(async () => {
    const secret = "s3cr3t-t0ken";
    const said = { refresh: secret, id_token: secret, nested: { access: { token: secret } } };
    const text = JSON.stringify(said);
    const errors = [];
    const note = (error) => {
      if (error) errors.push(error);
    };
    const json = '{"content-type":"application/json"}';
    const answers = [
      [200, text, json],
      [400, text, json],
      [401, text, json],
      [403, text, json],
      [404, text, json],
      [429, text, '{"content-type":"application/json","retry-after":"1"}'],
      [500, text, json],
      [200, `<html>${secret}`, '{"content-type":"text/html"}'],
      [200, JSON.stringify({ access_token: `${secret}\n` }), json],
      [200, JSON.stringify({ access_token: secret }), json],
      [200, JSON.stringify({ access_token: secret, token: `${secret}2` }), json],
    ];
    for (const [index, [status, body, headers]] of answers.entries()) {
      const told = ({ error }) => note(error);
      const name = `session ${index}`;
      const options = { name, signOut: "/auth/logout", onEvent: told };
      const { server, session } = await started(options);
      const init = { status, headers: JSON.parse(headers) };
      await session.signIn(new Response(body, init)).catch(note);
      await session.signIn(() => new Response(body, init)).catch(note);
      if (status === 200 && headers === json) await session.signIn(JSON.parse(body)).catch(note);
      for (let times = 0; times < 3; times++) server.answerRefresh(status, body, headers);
      const refreshed = session.refresh().catch(note);
      await Promise.race([refreshed, until(session, ({ error }) => error)]);
      note(session.state.error);
      server.answerSignOut(status, body, headers);
      await session.signOut().catch(note);
      note(session.inspect().signOut?.error);
      session.close();
    }
    const showAll = (error) => {
      const shown = [JSON.stringify(error), String(error), JSON.stringify({ ...error })];
      for (let at = error; at instanceof Error; at = at.cause) {
        shown.push(at.message, JSON.stringify(Object.entries(at)));
        for (const name in at) shown.push(name, JSON.stringify(at[name]));
      }
      return shown.join("\n");
    };
    const leaks = errors.filter((error) => showAll(error).includes(secret));
    const codes = [...new Set(errors.map(({ code }) => code))].sort();
    const kept = errors.filter(({ body }) => JSON.stringify(body)?.includes(secret)).length > 0;
    return { leaks: leaks.map(({ code }) => code), codes, kept };
  });
  assert.deepEqual(seen.leaks, []);
  assert.equal(seen.kept, true);
  assert.deepEqual(seen.codes, [
    "ERR_REFRESH_MALFORMED",
    "ERR_REFRESH_UNAVAILABLE",
    "ERR_SESSION_ENDED",
    "ERR_SIGN_IN_INCOMPLETE",
    "ERR_SIGN_IN_REFUSED",
    "ERR_SIGN_OUT_UNCONFIRMED",
    "ERR_TOKEN_AMBIGUOUS",
    "ERR_TOKEN_MALFORMED",
  ]);
});
