// How the refresh and the sign-out endpoint are asked.

import assert from "node:assert/strict";

const json = '{"content-type":"application/json"}';

export default {
  "a URL alone is a POST without a body, with cookies and the attempt id": async ({ run }) => {
    const seen = await run(async () => {
      const { server } = await started();
      const { method, credentials, redirect, cache, keepalive, bytes, request } = server.calls[0];
      return [method, credentials, redirect, cache, keepalive, bytes, [...request.headers].map(([name]) => name)];
    });
    assert.deepEqual(seen, ["POST", "include", "error", "no-store", true, "", ["accept", "x-requested-with"]]);
  },

  "method, headers, body and credentials are those of the options; what keeps a cookie safe stays": async ({ run }) => {
    const seen = await run(async () => {
      const ask = { url: "/auth/refresh", method: "put", headers: { "x-tenant": "a", accept: "text/plain" }, body: { grant_type: "refresh_token" }, credentials: "same-origin" };
      const out = { url: "/auth/logout", method: "DELETE", headers: [["x-tenant", "b"]] };
      const { server, session } = await started({ refresh: ask, signOut: out });
      ask.body.grant_type = "another";
      server.answerSignOut(204, null, "{}");
      await session.signOut();
      return server.calls.map(({ method, credentials, redirect, cache, keepalive, bytes, request }) => ({
        method, credentials, redirect, cache, keepalive, body: String.fromCharCode(...bytes.split(",").filter(Boolean)),
        headers: Object.fromEntries([...request.headers].filter(([name]) => name !== "x-requested-with")), hasId: /^[0-9a-f]{32}$/.test(request.headers.get("x-requested-with")),
      }));
    });
    const always = { redirect: "error", cache: "no-store", keepalive: true, hasId: true };
    assert.deepEqual(seen, [
      { method: "PUT", credentials: "same-origin", ...always, body: '{"grant_type":"refresh_token"}', headers: { accept: "text/plain", "content-type": "application/json", "x-tenant": "a" } },
      { method: "DELETE", credentials: "include", ...always, body: "", headers: { accept: "application/json", "x-tenant": "b" } },
    ]);
  },

  "a body is JSON, a form, or a text; a GET has none": async ({ run }) => {
    const seen = await run(async () => {
      const seen = [];
      const bodies = [{ body: [1] }, { body: new URLSearchParams({ a: "1 2" }) }, { body: "text" }, { body: { a: 1 }, headers: { "content-type": "application/vnd.api+json" } }, { method: "GET" }];
      for (const [index, members] of bodies.entries()) {
        const { server } = await started({ refresh: { url: "/auth/refresh", ...members }, name: String(index) });
        const { method, bytes, request } = server.calls[0];
        seen.push([method, String.fromCharCode(...bytes.split(",").filter(Boolean)), request.headers.get("content-type")]);
      }
      return seen;
    });
    assert.deepEqual(seen, [
      ["POST", "[1]", "application/json"],
      ["POST", "a=1+2", "application/x-www-form-urlencoded;charset=UTF-8"],
      ["POST", "text", "text/plain;charset=UTF-8"],
      ["POST", '{"a":1}', "application/vnd.api+json"],
      ["GET", "", null],
    ]);
  },

  "the attempt id goes by another header, or not at all": async ({ run }) => {
    const seen = await run(async () => {
      const other = await started({ attemptHeader: "Idempotency-Key" });
      const none = await started({ attemptHeader: false, name: "none" });
      return [other, none].map(({ server }) => [...server.calls[0].request.headers.keys()]);
    });
    assert.deepEqual(seen, [["accept", "idempotency-key"], ["accept"]]);
  },

  "a CSRF cookie is read at each attempt anew, for refreshes and sign-outs": async ({ run }) => {
    const seen = await run(async () => {
      const csrf = { cookie: "csrf_refresh_token", header: "X-CSRF-TOKEN" };
      document.cookie = "csrf_refresh_token_2=other";
      const { server, session } = await started({ csrf, signOut: "/auth/logout" });
      document.cookie = "csrf_refresh_token=one%3D";
      await session.refresh();
      document.cookie = "csrf_refresh_token=two";
      server.answerSignOut(204, null, "{}");
      await session.signOut();
      for (const name of ["csrf_refresh_token", "csrf_refresh_token_2"]) document.cookie = `${name}=; max-age=0`;
      return server.calls.map(({ request }) => request.headers.get("x-csrf-token"));
    });
    assert.deepEqual(seen, [null, "one=", "two"]);
  },

  "a CSRF cookie may have a prefix that keeps sibling hosts out": async ({ run }) => {
    const seen = await run(async () => {
      document.cookie = "__Host-csrf=host; Secure; Path=/";
      const { server } = await started({ csrf: { cookie: "__Host-csrf", header: "X-CSRF" } });
      document.cookie = "__Host-csrf=; Secure; Path=/; max-age=0";
      return server.calls[0].request.headers.get("x-csrf");
    });
    assert.equal(seen, "host");
  },

  "a CSRF token may come from a function, and from a promise": async ({ run }) => {
    const seen = await run(async () => {
      let count = 0;
      const token = () => ((count += 1) === 1 ? "first" : Promise.resolve("second"));
      const { server, session } = await started({ csrf: { token, header: "X-XSRF-TOKEN" } });
      await session.refresh();
      await session.fetch("https://elsewhere.test/");
      await session.fetch("/api/me");
      return server.calls.map(({ request }) => request.headers.get("x-xsrf-token"));
    });
    assert.deepEqual(seen, ["first", "second", null, null]);
  },

  "a CSRF function that throws is a refresh that failed, with its cause": async ({ run }) => {
    const seen = await run(async () => {
      const error = new Error("no meta tag");
      const { server, session } = start({ csrf: { token: () => { throw error; }, header: "X-CSRF" } });
      await session.ready;
      const { status } = session.state;
      return [status, session.state.error.code, session.state.error.cause === error, server.calls.length];
    });
    assert.deepEqual(seen, ["unknown", "ERR_REFRESH_UNAVAILABLE", true, 0]);
  },

  "a CSRF token that comes when the attempt was given up on sends nothing any more": async ({ run }) => {
    const seen = await run(async () => {
      const letGo = [];
      let isSlow = false;
      const token = () => (isSlow ? new Promise((resolve) => letGo.push(() => resolve("late"))) : "quick");
      const { server, session } = await started({ csrf: { token, header: "X-CSRF" }, timeout: 1, patience: 0.2 });
      isSlow = true;
      await outcome(session.refresh());
      // After a second it is given up on, and somebody else's turn.
      await session.signIn(() => server.token("bob"));
      isSlow = false;
      const before = server.count("/auth/refresh");
      for (const go of letGo) go();
      for (let turn = 0; turn < 20; turn++) await nextTask();
      const afterSignIn = server.count("/auth/refresh") - before;
      isSlow = true;
      void outcome(session.refresh());
      while (letGo.length < 2) await nextTask();
      session.close();
      for (const go of letGo) go();
      for (let turn = 0; turn < 20; turn++) await nextTask();
      return [before, afterSignIn, server.count("/auth/refresh") - before, session.state.claims?.sub];
    });
    assert.deepEqual(seen, [1, 0, 0, "bob"]);
  },

  "RefreshRejected is for functions that refresh: thrown elsewhere it is a failure": async ({ run }) => {
    const seen = await run(async () => {
      let isOver = false;
      const token = () => {
        if (isOver) throw new RefreshRejected();
        return "t";
      };
      const { session } = await started({ csrf: { token, header: "X-CSRF" } });
      isOver = true;
      void session.refresh().catch(() => {});
      await until(session, (state) => state.error || state.status === "ended");
      return [session.state.status, session.state.error?.kind];
    });
    assert.deepEqual(seen, ["active", "transient"]);
  },

  "parameters of one user do not go into another's refresh": async ({ run }) => {
    const seen = await run(async () => {
      const seen = [];
      const ways = [(session, server) => session.signIn(server.token("bob")), (session, server) => session.signIn(() => server.token("bob")), (session) => session.signIn(), (session, server) => session.signOut().then(() => session.signIn(server.token("bob")))];
      for (const [index, way] of ways.entries()) {
        const server = new FakeServer();
        const asked = [];
        let fails = false;
        const refresh = ({ params }) => {
          asked.push(params ?? null);
          if (fails) throw new Error("busy");
          return server.token("bob");
        };
        const session = createSession({ refresh, fetch: server.fetch, name: String(index) });
        await session.ready;
        fails = true;
        void session.refresh({ params: "of alice" }).catch(() => {});
        await until(session, (state) => state.error);
        fails = false;
        const before = asked.length;
        await way(session, server);
        await session.refresh();
        seen.push(asked.slice(before).some((params) => params !== null));
        session.close();
      }
      return seen;
    });
    assert.deepEqual(seen, [false, false, false, false]);
  },

  "a function refreshes: with a Response, an object, a token; under one lock, once for all": async ({ run }) => {
    const seen = await run(async () => {
      const server = new FakeServer();
      const asked = [];
      let answer = () => server.fetch("/auth/refresh");
      const refresh = (ask) => {
        asked.push(ask);
        return answer();
      };
      const session = createSession({ refresh, fetch: server.fetch });
      await session.ready;
      const seen = [session.state.status];
      answer = async () => JSON.parse(server.login());
      await session.refresh({ params: { tenant: "b" } });
      seen.push((await session.fetch("/api/me")).status);
      answer = () => server.token();
      server.revoke();
      const all = await Promise.all(["/api/a", "/api/b", "/api/c"].map((url) => session.fetch(url)));
      seen.push(all.map(({ status }) => status));
      const { signal } = asked[0];
      seen.push(signal.aborted, asked.map(({ params }) => params), asked.every(({ attempt }) => /^[0-9a-f]{32}$/.test(attempt)), Object.keys(asked[0]));
      session.close();
      return [...seen, signal.aborted, signal.reason.code];
    });
    assert.deepEqual(seen, ["active", 200, [200, 200, 200], false, [undefined, { tenant: "b" }, undefined], true, ["signal", "attempt", "params"], true, "ERR_SESSION_CLOSED"]);
  },

  "parameters go along until a refresh has succeeded": async ({ run }) => {
    const seen = await run(async () => {
      const server = new FakeServer();
      const asked = [];
      let fails = false;
      const refresh = ({ params }) => {
        asked.push(params ?? null);
        if (fails) throw new Error("bridge is busy");
        return server.token();
      };
      const session = createSession({ refresh, fetch: server.fetch, patience: 0.2 });
      await session.ready;
      fails = true;
      const { code } = (await outcome(session.refresh({ params: "admin" }))).thrown;
      fails = false;
      // There is a pause between two tries.
      while ((await outcome(session.refresh())).thrown);
      await session.refresh();
      return [code.startsWith("ERR_REFRESH"), asked];
    });
    assert.equal(seen[0], true);
    assert.deepEqual([seen[1][0], seen[1].at(-1), seen[1].slice(1, -1).every((params) => params === "admin")], [null, null, true]);
  },

  "only RefreshRejected, or a Response of the ending kind, ends a session of a function": async ({ run }) => {
    const seen = await run(async () => {
      const answers = [
        () => { throw new TypeError("bridge"); }, () => undefined, () => ({}), () => Promise.reject(null), () => new Response("", { status: 500 }),
        () => { throw new RefreshRejected("logged out on the device", { status: 410 }); }, () => new Response("{}", { status: 401 }),
      ];
      const seen = [];
      for (const [index, odd] of answers.entries()) {
        let answer = () => server.token();
        const server = new FakeServer();
        const session = createSession({ refresh: () => answer(), fetch: server.fetch, name: String(index) });
        await session.ready;
        answer = odd;
        void session.refresh().catch(() => {});
        await until(session, (state) => state.status === "ended" || state.error);
        seen.push(session.state.reason ?? session.state.error.kind);
        session.close();
      }
      return seen;
    });
    assert.deepEqual(seen, ["transient", "protocol", "protocol", "transient", "transient", "rejected", "rejected"]);
  },

  "a function signs out, and is not told twice": async ({ run }) => {
    const seen = await run(async () => {
      const asked = [];
      const { session } = await started({ signOut: async (ask) => void asked.push(Object.keys(ask)) });
      await session.signOut();
      return [asked, session.state.reason];
    });
    assert.deepEqual(seen, [[["signal", "attempt"]], "signed-out"]);
  },

  "statuses end a session as they are listed": async ({ run }) => {
    const seen = await run(async ([json]) => {
      const seen = [];
      const csrf = { cookie: "csrf", header: "x-csrf" };
      for (const [status, more] of [[419, { endsSession: [401, 419] }], [422, { endsSession: [401, 419] }], [400, { endsSession: [401] }], [403, {}], [403, { csrf }], [401, { csrf }], [403, { csrf, endsSession: [403] }]]) {
        const { server, session } = await started({ ...more, name: JSON.stringify([status, more]) });
        for (let time = 0; time < 2; time++) server.answerRefresh(status, "{}", json);
        void session.refresh().catch(() => {});
        await until(session, (state) => state.status === "ended" || state.error);
        seen.push([status, session.state.status]);
      }
      return seen;
    }, [json]);
    assert.deepEqual(seen, [[419, "ended"], [422, "active"], [400, "active"], [403, "ended"], [403, "active"], [401, "ended"], [403, "ended"]]);
  },

  "a function tells by status and body, also of a 200 without a token": async ({ run }) => {
    const seen = await run(async ([json]) => {
      const told = [];
      const endsSession = (answer) => {
        told.push(answer);
        return answer.body?.error === "invalid_grant";
      };
      const seen = [];
      for (const [status, body] of [[400, '{"error":"temporarily_unavailable"}'], [500, "busy"], [400, '{"error":"invalid_grant"}'], [200, '{"error":"invalid_grant"}']]) {
        const { server, session } = await started({ endsSession, name: `${status} ${body}` });
        for (let time = 0; time < 2; time++) server.answerRefresh(status, body, json);
        void session.refresh().catch(() => {});
        await until(session, (state) => state.status === "ended" || state.error);
        seen.push(session.state.status);
      }
      return [seen, told.slice(0, 3)];
    }, [json]);
    assert.deepEqual(seen[0], ["active", "active", "ended", "ended"]);
    assert.deepEqual(seen[1][0], { status: 400, body: { error: "temporarily_unavailable" } });
    assert.ok(seen[1].some(({ body }) => body === "busy"));
  },

  "a function that tells by a promise, or by nothing, ends no session, and is told": async ({ run }) => {
    const seen = await run(async ([json]) => {
      const seen = [];
      for (const [index, endsSession] of [async () => true, async () => false, () => undefined, () => "yes"].entries()) {
        const { server, session } = await started({ endsSession, name: String(index) });
        server.answerRefresh(503, "{}", json);
        void session.refresh().catch(() => {});
        await until(session, (state) => state.error || state.status === "ended");
        seen.push([session.state.status, session.state.error?.cause?.message]);
        session.close();
      }
      return seen;
    }, [json]);
    assert.deepEqual(seen, Array(4).fill(["active", "endsSession: must return true or false"]));
  },

  "what says at the sign-out that there is no session is done with, however narrow the list of what ends one": async ({ run }) => {
    const seen = await run(async ([json]) => {
      const seen = [];
      const csrf = { cookie: "csrf", header: "x-csrf" };
      const never = () => false;
      for (const [status, more] of [
        [401, { endsSession: [419] }], [400, { endsSession: [401] }], [410, {}], [404, { endsSession: never }], [401, { endsSession: never }], [419, { endsSession: [419] }], [401, { csrf }],
        [401, { csrf, endsSession: never }], [403, {}], [403, { endsSession: [403] }], [500, {}], [419, {}],
      ]) {
        const { server, session } = await started({ signOut: "/auth/logout", ...more, name: JSON.stringify([status, Object.keys(more), String(more.endsSession)]) });
        server.answerSignOut(status, "{}", json);
        seen.push(await session.signOut().then(() => "done", ({ code }) => code));
        session.close();
      }
      return seen;
    }, [json]);
    assert.deepEqual(seen, [...Array(7).fill("done"), ...Array(5).fill("ERR_SIGN_OUT_UNCONFIRMED")]);
  },

  "HTML does not end a session, whatever the list says": async ({ run }) => {
    const seen = await run(async () => {
      const { server, session } = await started({ endsSession: [401, 419] });
      server.answerRefresh(419, "<html>", '{"content-type":"text/html"}');
      void session.refresh().catch(() => {});
      await until(session, (state) => state.error);
      return [session.state.error.kind, session.state.status];
    });
    assert.deepEqual(seen, ["protocol", "active"]);
  },

  "a 403 at the sign-out is not taken for done: a CSRF token may be missing": async ({ run }) => {
    const seen = await run(async ([json]) => {
      const { server, session } = await started({ signOut: "/auth/logout" });
      server.answerSignOut(403, '{"detail":"CSRF Failed"}', json);
      const { code } = (await outcome(session.signOut())).thrown;
      return [code, session.state.reason];
    }, [json]);
    assert.deepEqual(seen, ["ERR_SIGN_OUT_UNCONFIRMED", "signed-out"]);
  },

  "a network error of another origin names what CORS would have to let through": async ({ run }) => {
    const seen = await run(async () => {
      const messages = [];
      for (const [index, refresh] of ["https://auth.test/auth/refresh", "/auth/refresh"].entries()) {
        const { server, session } = start({ refresh: { url: refresh, headers: { "x-tenant": "a" } }, csrf: { cookie: "c", header: "X-CSRF" }, name: String(index) });
        server.failRefresh();
        await session.ready;
        messages.push(session.state.error.message);
      }
      return messages;
    });
    assert.match(seen[0], /CORS.*x-tenant, X-Requested-With, X-CSRF$/);
    assert.doesNotMatch(seen[1], /CORS/);
  },

  "where the first refresh after a sign-in is refused, the error says what the cookie may lack": async ({ run }) => {
    const seen = await run(async ([json]) => {
      const messages = [];
      for (const refreshes of [0, 1]) {
        const { server, session } = await started({ name: String(refreshes) });
        await session.signIn(server.token());
        for (let time = 0; time < refreshes; time++) await session.refresh();
        for (let time = 0; time < 2; time++) server.answerRefresh(401, "{}", json);
        void session.refresh().catch(() => {});
        await until(session, ({ status }) => status === "ended");
        messages.push((await outcome(session.accessToken())).thrown.message);
      }
      return messages;
    }, [json]);
    assert.match(seen[0], /SameSite.*credentials: "include"/);
    assert.doesNotMatch(seen[1], /SameSite/);
  },

  "what is wrong names the member": async ({ run }) => {
    const seen = await run(() => {
      const wrong = {
        "refresh.url": { refresh: {} }, "refresh.method": { refresh: { url: "/r", method: "TRACE" } }, "refresh.headers": { refresh: { url: "/r", headers: { "a b": "c" } } },
        "refresh.body": { refresh: { url: "/r", body: new Date() } }, "refresh.credentials": { refresh: { url: "/r", credentials: "always" } }, "refresh.path": { refresh: { url: "/r", path: "/" } },
        "signOut.body": { refresh: "/r", signOut: { url: "/s", method: "HEAD", body: "x" } }, "signOut": { refresh: "/r", signOut: null },
        "attemptHeader": { refresh: "/r", attemptHeader: true }, "csrf": { refresh: "/r", csrf: { header: "x" } }, "csrf.header": { refresh: "/r", csrf: { cookie: "a" } },
        "csrf.cookie": { refresh: "/r", csrf: { header: "x", cookie: "a b" } }, "csrf.token": { refresh: "/r", csrf: { header: "x", token: "t" } }, "csrf.name": { refresh: "/r", csrf: { name: "x" } },
        "endsSession": { refresh: "/r", endsSession: [200] }, "sessionHint": { refresh: "/r", sessionHint: "a=b" },
      };
      return Object.entries(wrong).map(([name, options]) => [name, thrownBy(() => createSession(options))]);
    });
    const more = await run(() =>
      [
        ["refresh", { refresh: "https://u:p@auth.test/r" }], ["refresh.url", { refresh: { url: "https://u@auth.test/r" } }], ["refresh.body", { refresh: { url: "/r", body: { n: 1n } } }],
        ["refresh.headers", { refresh: { url: "/r", headers: { "x-requested-with": "XMLHttpRequest" } } }], ["signOut.headers", { refresh: "/r", signOut: { url: "/s", headers: { Cookie: "a=b" } } }],
        ["attemptHeader", { refresh: "/r", attemptHeader: "Sec-Attempt" }], ["csrf.header", { refresh: "/r", csrf: { header: "Proxy-X", cookie: "c" } }],
        ["csrf", { refresh: () => {}, csrf: { header: "X", cookie: "c" } }], ["attach.header", { refresh: "/r", attach: { header: "Content-Type" } }], ["refresh.body", { refresh: { url: "/r", method: "GET", body: "x" } }],
      ].map(([name, options]) => [name, thrownBy(() => createSession(options))]),
    );
    for (const [name, thrown] of [...seen, ...more]) assert.ok(thrown.code === "ERR_INVALID_OPTION" && thrown.message.startsWith(`${name}: `), `${name}: ${JSON.stringify(thrown)}`);
  },
};
