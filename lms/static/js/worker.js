// Keeps courses on a learner's phone and sends what was done there (docs/offline.md). One person's at a time.
const LANGUAGE = new URL(registration.scope).pathname.split("/")[1];
const ROOT = `/${LANGUAGE}/`;
const STORES = ["meta", "packs", "pages", "attempts", "typed", "queue", "told"];
const OLD = 6e5; // milliseconds until a course is asked for again
const WAIT = 2e4;
const AT_ONCE = 50;

let opened;
const open = () => opened ||= new Promise((done, fail) => {
  const request = indexedDB.open("passerelle", 1);
  request.onupgradeneeded = () => STORES.forEach((name) => request.result.createObjectStore(name));
  request.onsuccess = () => { done(request.result); request.result.onclose = request.result.onversionchange = () => { opened = null; }; };
  request.onerror = () => { opened = null; fail(request.error); };
});
const result = (request) => new Promise((done, fail) => {
  request.onsuccess = () => done(request.result);
  request.onerror = () => fail(request.error);
});
// What `work` asks of these stores happens as a whole or not at all, also when the phone dies.
async function write(names, work) {
  const change = (await open()).transaction(names, "readwrite", { durability: "strict" });
  const ended = new Promise((done, fail) => { change.oncomplete = done; change.onerror = change.onabort = () => fail(change.error); });
  const value = await work(...names.map((name) => change.objectStore(name)));
  await ended;
  return value;
}
const get = async (name, key) => result((await open()).transaction(name).objectStore(name).get(key));
async function all(name, key = "") {
  const store = (await open()).transaction(name).objectStore(name);
  const range = key ? IDBKeyRange.bound(key, `${key}\uffff`) : null;
  const [keys, values] = await Promise.all([result(store.getAllKeys(range)), result(store.getAll(range))]);
  return keys.map((one, n) => [one, values[n]]);
}
const owner = () => get("meta", "owner");
const mine = async (name) => { const me = await owner(); return (await all(name)).filter(([, row]) => row.owner === me); };

// -- who is here

async function hello(me) {
  if (await owner() === me) return;
  // Somebody else's lessons go. What they have not sent waits for them, and is shown to nobody.
  await write(STORES, (meta, ...others) => {
    for (const store of others) if (store.name !== "queue") store.clear();
    meta.put(me, "owner");
  });
}
// True when somebody else still has something to send from this phone.
async function wipe() {
  const sent = await mine("queue");
  const left = await write(STORES, (...stores) => {
    for (const store of stores) if (!["queue", "meta"].includes(store.name)) store.clear();
    stores[0].delete("owner");
    const queue = stores[STORES.indexOf("queue")];
    for (const [number] of sent) queue.delete(number);
    return result(queue.count());
  });
  await caches.delete("shell");
  return left > 0;
}

// -- a course

async function ask(path, options = {}) {
  const answer = await fetch(path, { redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(WAIT), ...options });
  if (answer.type === "opaqueredirect") throw new Error("sign-in");
  return answer;
}
async function post(path, body) {
  const { owner: here, token } = await (await ask(`${ROOT}offline/token/`)).json();
  if (here !== await owner()) throw new Error("sign-in");
  const answer = await ask(path, { method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": token }, body: JSON.stringify(body) });
  if (answer.status === 409) throw new Error("sign-in");
  if (!answer.ok) throw new Error("again");
  return answer.json();
}
const pageOf = (code, me, [path, hash, title, back, label, bar, main], more) =>
  ({ path, code, owner: me, hash, title, back, label, bar, main, ...more });

async function keepPack(code) {
  const me = await owner();
  const id = `${LANGUAGE}/${code}`;
  const old = await get("packs", id);
  const have = old ? (await all("pages")).filter(([, page]) => page.code === code && page.hash && !page.attempt).map(([, page]) => page.hash) : [];
  const answer = await ask(`${ROOT}offline/pack/${code}/?have=${have.join(".")}&version=${old ? old.version : ""}`);
  if (answer.status !== 204) {
    if (!answer.ok) throw new Error("again");
    const pack = await answer.json();
    const assets = [...pack.frame.matchAll(/(?:href|src)="(\/static\/[^"]+)"/g)].map((found) => found[1]);
    await (await caches.open("shell")).addAll(assets);
    const wanted = new Map(pack.order);
    await write(["packs", "pages", "meta"], (packs, pages, meta) => {
      for (const page of pack.pages) pages.put(pageOf(code, me, page, { id }), page[0]);
      packs.put({ owner: me, code, title: pack.title, path: pack.order[0][0], version: pack.version, frame: pack.frame, at: Date.now(), asked: Date.now() }, id);
      meta.put(pack.words, "words");
      pages.openCursor().onsuccess = ({ target: { result: cursor } }) => {
        if (!cursor) return;
        const page = cursor.value;
        if (page.id === id && !page.attempt && !wanted.has(page.path)) cursor.delete();
        cursor.continue();
      };
    });
  } else await touch(id);
}
const touch = (id) => write(["packs"], async (packs) => {
  const pack = await result(packs.get(id));
  if (pack) packs.put({ ...pack, at: Date.now(), asked: Date.now() }, id);
});
async function keepAttempts(code) {
  const me = await owner();
  const kept = await post(`${ROOT}offline/attempts/${code}/`, {});
  const id = `${LANGUAGE}/${code}`;
  await write(["attempts", "pages", "typed", "packs"], async (attempts, pages, typed, packs) => {
    for (const one of kept.attempts) {
      const { pages: shown, runs, ...rest } = one;
      const known = await result(attempts.get(one.id));
      if (known) continue; // what was typed here goes on with the keys it has
      attempts.put({ ...rest, owner: me, code, places: Object.keys(runs).length }, one.id);
      for (const page of shown) pages.put(pageOf(code, me, page, { id, attempt: one.id }), page[0]);
      for (const [place, run] of Object.entries(runs)) typed.put({ owner: me, attempt: one.id, place: +place, run, count: 0 }, `${one.id}/${place}`);
    }
    const pack = await result(packs.get(id));
    if (pack) packs.put({ ...pack, refused: kept.refused, done: [...new Set([...(pack.done || []), ...kept.done])] }, id);
  });
}
async function keep(code) { await keepPack(code); await keepAttempts(code); }

const drop = (test) => write(["packs", "pages", "attempts", "typed"], (...stores) => stores.forEach((store) => {
  store.openCursor().onsuccess = ({ target: { result: cursor } }) => {
    if (!cursor) return;
    if (test(cursor.value, store.name)) cursor.delete();
    cursor.continue();
  };
}));
async function remove(code) {
  const gone = new Set((await all("attempts")).filter(([, row]) => row.code === code).map(([id]) => id));
  await drop((row, store) => row.code === code || (store === "typed" && gone.has(row.attempt)));
}
async function refresh(page) {
  const pack = await get("packs", page.id);
  if (!pack || Date.now() - pack.asked < OLD) return;
  await write(["packs"], (packs) => packs.put({ ...pack, asked: Date.now() }, page.id));
  await keepPack(page.code);
}

// -- what was done here

// The entry and what is shown of it are written together: a key counts on from the last of this question.
const put = (entry) => write(["queue", "typed", "packs", "meta"], async (queue, typed, packs, meta) => {
  const me = await result(meta.get("owner"));
  const row = { ...entry, owner: me, at: Date.now() };
  if (entry.kind === "answer") {
    const where = `${entry.attempt}/${entry.position}`;
    const known = await result(typed.get(where));
    if (!known) throw new Error("gone");
    if (JSON.stringify(known.fields) === JSON.stringify(entry.fields)) return;
    row.key = row.id = known.run.slice(0, 24) + (parseInt(known.run.slice(24), 16) + known.count).toString(16).padStart(12, "0");
    typed.put({ ...known, count: known.count + 1, key: row.key, fields: entry.fields }, where);
  } else if (entry.kind === "submit") {
    row.id = `submit-${entry.attempt}`;
    const rows = await result(typed.getAll(IDBKeyRange.bound(entry.attempt, `${entry.attempt}\uffff`)));
    row.answers = Object.fromEntries(rows.filter((one) => one.key).map((one) => [one.place, one.key]));
  } else {
    row.id = `lesson-${entry.step}`;
    const pack = await result(packs.get(entry.pack));
    if (pack) packs.put({ ...pack, done: [...new Set([...(pack.done || []), entry.step])] }, entry.pack);
  }
  const last = await result(queue.openKeyCursor(null, "prev"));
  queue.put(row, last ? last.key + 1 : 1);
});

let state = "";
const send = () => navigator.locks.request("send", async () => {
  for (;;) {
    const waiting = (await mine("queue")).slice(0, AT_ONCE);
    if (!waiting.length) { state = ""; return; }
    const entries = waiting.map(([, { owner: _owner, at, ...entry }]) => entry);
    let told;
    try {
      told = (await post(`${ROOT}offline/answers/`, { owner: await owner(), entries })).results;
    } catch (error) {
      state = error.message === "sign-in" ? "signin" : "wait";
      throw error;
    }
    const fates = new Map(told.map(([id, fate, why]) => [id, [fate, why]]));
    const over = [];
    await write(["queue", "told", "attempts"], async (queue, notes, attempts) => {
      for (const [number, entry] of waiting) {
        const [fate, why] = fates.get(entry.id) || ["again"];
        if (fate === "again") continue;
        queue.delete(number);
        const attempt = entry.attempt && await result(attempts.get(entry.attempt));
        if (fate === "refused" || fate === "superseded") notes.put({ owner: entry.owner, why, title: attempt ? attempt.title : "" }, entry.id);
        if (entry.kind === "submit" && fate === "accepted") { over.push(entry.attempt); if (attempt) notes.put({ owner: entry.owner, path: attempt.result, title: attempt.title }, entry.id); }
      }
    });
    if (over.length) await drop((row, store) => over.includes(row.attempt || (store === "attempts" && row.id)));
    if (told.some(([, fate]) => fate === "again")) { state = "wait"; throw new Error("again"); }
  }
});
const later = () => registration.sync && registration.sync.register("send").catch(() => {});
const status = async () => ({
  words: await get("meta", "words"),
  unsent: (await mine("queue")).length,
  told: await mine("told"),
  packs: await mine("packs"),
  state,
});

// -- pages

const escape = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
function page(frame, me, parts, status = 200) {
  const html = frame.replace(/@(title|back|label|bar|main|owner)@/g, (_all, name) => name === "owner" ? me : name === "main" ? parts.main : escape(parts[name] || ""));
  return new Response(html, { status, headers: {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'",
    "Referrer-Policy": "same-origin",
  } });
}
async function away() {
  const packs = await mine("packs");
  if (!packs.length) return Response.error();
  const words = await get("meta", "words");
  const list = packs.map(([, pack]) => `<li><a href="${pack.path}">${escape(pack.title)}</a></li>`).join("");
  const main = `<h1>${escape(words.away)}</h1><p>${escape(words.kept)}</p><ul>${list}</ul>`;
  return page(packs[0][1].frame, await owner(), { title: words.away, back: `${ROOT}learn/`, label: words.courses, main }, 503);
}
async function kept(path) {
  const found = await get("pages", path);
  if (!found || found.owner !== await owner()) return null;
  const pack = await get("packs", found.id);
  return pack && { found, pack, answer: page(pack.frame, found.owner, found) };
}
async function navigate(event) {
  const { pathname } = new URL(event.request.url);
  const here = await kept(pathname).catch(() => null);
  if (here && here.found.path !== here.pack.path) {
    event.waitUntil(refresh(here.found).catch(() => {}));
    return here.answer;
  }
  // The page of the course shows what is done: the site's own, if it comes soon.
  try {
    return await fetch(event.request.url, { redirect: "manual", cache: "no-store", signal: here ? AbortSignal.timeout(3000) : undefined });
  } catch {
    return here ? here.answer : away().catch(() => Response.error());
  }
}
async function file(request) {
  return await caches.match(request, { ignoreVary: true }) || fetch(request);
}

const DOES = {
  hello: ({ owner: me }) => hello(me).then(status),
  status,
  keep: ({ code }) => keep(code).then(status),
  remove: ({ code }) => remove(code).then(status),
  put: ({ entry }) => put(entry).then(later).then(status),
  send: () => send().catch(() => {}).then(status),
  typed: async ({ attempt }) => (await all("typed", attempt)).map(([, row]) => row),
  read: ({ id }) => write(["told"], (told) => told.delete(id)).then(status),
  wipe,
};
addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("message", (event) => event.waitUntil(
  DOES[event.data.do](event.data).then((value) => event.ports[0].postMessage({ value }), (error) => event.ports[0].postMessage({ error: error.message || "again" })),
));
addEventListener("sync", (event) => event.waitUntil(send()));
addEventListener("fetch", (event) => {
  const { request } = event;
  const { pathname, origin } = new URL(request.url);
  if (origin !== location.origin || request.method !== "GET") return;
  if (request.mode === "navigate") { if (pathname.startsWith(`${ROOT}learn/`)) event.respondWith(navigate(event)); }
  else if (pathname.startsWith("/static/") || pathname.startsWith("/media/")) event.respondWith(file(request));
});
