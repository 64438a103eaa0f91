// A learner's pages: what is typed stays on the phone until the site has it (docs/offline.md).
const me = document.currentScript.dataset.me;
const one = (selector, within = document) => within.querySelector(selector);
const every = (selector) => [...document.querySelectorAll(selector)];
const drafts = (() => { try { return window.localStorage; } catch { return null; } })();
const AGE = 30 * 864e5;
const skipped = new Set(["csrfmiddlewaretoken", "key", "draft", "go"]);
const read = (name) => { try { return JSON.parse(drafts.getItem(name)); } catch { return null; } };

const make = (tag, text, more) => Object.assign(document.createElement(tag), { textContent: text, ...more });

function forget(keeps) {
  for (const name of Object.keys(drafts || {})) if (name.startsWith("d:") && !keeps(name)) drafts.removeItem(name);
}

function valuesOf(form) {
  return [...new FormData(form)].filter(([name, value]) => !skipped.has(name) && typeof value === "string");
}

function fill(form, values) {
  const before = JSON.stringify(valuesOf(form));
  const left = new Map();
  for (const [name, value] of values) left.set(name, [...(left.get(name) || []), value]);
  for (const field of form.elements) {
    if (!field.name || skipped.has(field.name) || ["hidden", "submit", "button", "file"].includes(field.type)) continue;
    const given = left.get(field.name) || [];
    if (field.type === "radio" || field.type === "checkbox") field.checked = given.includes(field.value);
    else field.value = given.length ? given.shift() : "";
  }
  return JSON.stringify(valuesOf(form)) !== before;
}

const nameOf = (form) => `d:${me}:${location.pathname}:${every("form").indexOf(form)}`;

function watch(form) {
  const name = nameOf(form);
  const key = one("[data-saved]", form);
  const old = read(name);
  // A key that the site has already, or a newer one, means that this text has arrived, or that a later one counts.
  if (old && key && key.dataset.saved >= old.key) drafts.removeItem(name);
  else if (old && fill(form, old.values)) {
    form.prepend(make("p", form.dataset.draft, { className: "state", role: "status" }));
  }
  const keep = () => {
    const id = Math.random().toString(36).slice(2, 12).padEnd(6, "0");
    const draft = { id, at: Date.now(), key: key ? key.value : "", values: valuesOf(form) };
    try { drafts.setItem(name, JSON.stringify(draft)); } catch { /* no room: the page itself still holds it */ }
    return id;
  };
  form.addEventListener("input", keep);
  form.addEventListener("submit", () => {
    if (key || !read(name)) return;
    const field = form.elements.draft || form.appendChild(make("input", "", { type: "hidden", name: "draft" }));
    field.value = keep();
  });
}

const clear = () => drafts && forget(() => false);
if (drafts && me) {
  const arrived = (document.cookie.match(/(?:^|; )saved=(\w+)/) || [])[1];
  if (arrived) document.cookie = "saved=;path=/;max-age=0";
  forget((name) => {
    const draft = read(name);
    return name.startsWith(`d:${me}:`) && draft && draft.id !== arrived && Date.now() - draft.at < AGE;
  });
  every("form[data-draft]:not([data-send])").forEach(watch);
}

// -- what is kept on the phone: the worker does it, this shows it

const workers = navigator.serviceWorker;
const language = document.documentElement.lang;
const scope = `/${language}/`;
let worker;
const talk = (what, more) => new Promise((done, fail) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => (data.error ? fail(data.error) : done(data.value));
  setTimeout(fail, 3e4, "again");
  worker.postMessage({ do: what, owner: me, ...more }, [port2]);
});
const attempt = (location.pathname.match(/[\da-f-]{36}/) || [])[0];
const base = attempt && location.pathname.slice(0, location.pathname.indexOf(attempt) + 37);
const card = one("[data-keep]");
const line = make("div", "", { className: "msg", role: "status", hidden: true });
const asof = make("p", "", { className: "soft" });
let words = {};

function show(status) {
  words = status.words || {};
  const day = (at) => `${words.asof} ${new Date(at).toLocaleDateString(language, { weekday: "long", day: "numeric", month: "long" })}`;
  const pack = status.packs.map(([, row]) => row).find((row) => location.pathname.startsWith(row.path));
  const parts = [];
  if (status.unsent) {
    parts.push(make("p", `${words.unsent} ${status.unsent}`));
    if (status.state === "signin") parts.push(make("a", words.signin, { href: `${words.login}?next=${location.pathname}` }), " ");
    parts.push(make("button", words.send, { className: "btn btn-small btn-quiet", onclick: send }));
  } else if (sending) parts.push(make("p", words.sent));
  for (const [id, { path, title, why }] of status.told) {
    parts.push(path ? make("a", `${words.result} · ${title}`, { href: path }) : make("p", `${words.refused} ${title} ${why}`));
    parts.push(make("button", words.ok, { className: "link", onclick: () => talk("read", { id }).then(show) }));
  }
  if (pack && one("[data-kept]")) { asof.textContent = day(pack.at); one("main").append(asof); }
  line.replaceChildren(...parts);
  line.hidden = !parts.length;
  if (card) {
    one("[data-kept-now]", card).hidden = !pack;
    one("[data-take]", card).hidden = !!pack;
    one("[data-day]", card).textContent = pack ? day(pack.at) : "";
  }
  for (const step of (pack && pack.done) || []) one(`li[data-step="${step}"]`)?.classList.add("done");
}
let sending = false;
function send() { sending = true; return talk("send").then(show); }

async function act(event) {
  const form = event.target;
  const { send: kind, to, place, total } = form.dataset;
  if (!kind) return;
  event.preventDefault();
  const go = event.submitter?.value;
  const entry = { kind, attempt };
  if (kind === "lesson") Object.assign(entry, { course: form.dataset.course, step: form.dataset.step, pack: `${language}/${form.dataset.course}` });
  if (kind === "answer") {
    entry.position = +place;
    entry.fields = {};
    for (const [name, value] of valuesOf(form)) (entry.fields[name] ||= []).push(value);
  }
  try { await talk("put", { entry }); } catch { line.replaceChildren(words.failed); line.hidden = false; return; }
  drafts?.removeItem(nameOf(form));
  talk("send");
  if (go === "check") return tell(form, Object.values(entry.fields).flat());
  const next = +place + (go === "back" ? -1 : 1);
  location.href = to || (go === "overview" || next < 1 || next > +total ? base : `${base}${next}/`);
}

function tell(form, chosen) {
  const tried = form.dataset.tried = (+form.dataset.tried || 0) + 1;
  const found = every("[data-tells]").find((part) => chosen.includes(part.dataset.tells));
  const over = one("[data-over]");
  const parts = [found, (!found || found.dataset.right || tried > 1) && over].filter(Boolean);
  one("#told").replaceChildren(...parts.map((part) => part.content.cloneNode(true)));
  one("#told").scrollIntoView();
}

async function leave(event) {
  clear();
  const form = event.target;
  if (form.dataset.wiped) return;
  event.preventDefault();
  await ready;
  try {
    let { unsent } = worker ? await talk("status") : {};
    if (unsent && confirm(words.out)) ({ unsent } = await talk("send"));
    if (unsent && !confirm(words.lose)) return;
    if (worker && await talk("wipe")) form.append(make("input", "", { type: "hidden", name: "keep", value: 1 }));
  } catch { /* the site tells the browser to forget */ }
  form.dataset.wiped = 1;
  setTimeout(() => form.requestSubmit()); // a form that is being sent cannot be sent
}

async function begin() {
  const found = await workers.getRegistration(scope);
  worker = found && found.active;
  if (card) {
    card.hidden = false;
    one(".btn", card).onclick = async ({ target }) => {
      target.disabled = true;
      one("[data-wrong]", card).hidden = true;
      try {
        worker ||= await workers.register("/worker.js", { scope, updateViaCache: "all" }).then(() => workers.ready).then((row) => row.active);
        await talk("hello");
        show(await talk("keep", { code: card.dataset.keep }));
      } catch { one("[data-wrong]", card).hidden = false; }
      target.disabled = false;
    };
    one("[data-remove]", card).onclick = () => talk("remove", { code: card.dataset.keep }).then(show);
  }
  if (!worker) return;
  one("main").prepend(line);
  const here = await talk("hello");
  show(here);
  if (here.packs.length) every("[data-if-kept]").forEach((part) => { part.hidden = false; });
  if (attempt) {
    for (const { place, fields } of await talk("typed", { attempt })) {
      if (!fields) continue;
      const form = one(`form[data-place="${place}"]`), row = one(`li[data-place="${place}"]`);
      if (form) fill(form, Object.entries(fields).flatMap(([name, values]) => values.map((value) => [name, value])));
      if (row) { row.className = "done"; row.querySelectorAll("small").forEach((part, n) => { part.hidden = !!n; }); }
    }
  }
  if (drafts) every("form[data-draft][data-send]").forEach(watch);
  const wake = () => document.hidden || talk("status").then(({ unsent }) => unsent && send());
  addEventListener("online", wake);
  document.addEventListener("visibilitychange", wake);
  setInterval(wake, 6e4);
  wake();
}
addEventListener("submit", act);
every("form[action$='/logout/']").forEach((form) => form.addEventListener("submit", leave));
const ready = workers && me ? begin().catch(() => {}) : null;
