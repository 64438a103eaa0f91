// docs/offline.md
const [me, at] = document.currentScript.dataset.me.split(" ");
if (at) history.replaceState(null, "", at);
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
  if (old && key && key.dataset.saved >= old.key) drafts.removeItem(name);
  else if (old && fill(form, old.values)) {
    form.prepend(make("p", form.dataset.draft, { className: "state", role: "status" }));
  }
  const keep = () => {
    const id = Math.random().toString(36).slice(2, 12).padEnd(6, "0");
    const draft = { id, at: Date.now(), key: key ? key.value : "", values: valuesOf(form) };
    try { drafts.setItem(name, JSON.stringify(draft)); } catch { /* no room */ }
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

const workers = me && navigator.serviceWorker;
const scope = `/${document.documentElement.lang}/`;
const card = one("[data-keep]");
const kept = () => import("./kept.js");
const registered = workers ? workers.getRegistration(scope).catch(() => null) : Promise.resolve();
registered.then((found) => found && kept());
if (workers && card) {
  const button = one(".btn", card);
  card.hidden = false;
  button.onclick = () => kept().then(({ ready }) => ready).then(() => button.click(), () => { one("[data-wrong]", card).hidden = false; });
}

addEventListener("submit", ({ target: form }) => {
  if (me && !form.dataset.send && !form.elements.now) form.append(make("input", "", { type: "hidden", name: "now" }));
});

async function leave(event) {
  clear();
  const form = event.target;
  if (form.dataset.wiped) return;
  event.preventDefault();
  try {
    if (await registered && await (await kept()).stays(form)) return;
  } catch { /* the site tells the browser to forget */ }
  form.dataset.wiped = 1;
  setTimeout(() => form.requestSubmit()); // a form that is being sent cannot be sent
}
every("[data-tap]").forEach((tap) => tap.onclick = () => {
  tap.parentNode.replaceWith(tap.parentNode.nextSibling.content);
  return false;
});
every("form[action$='/logout/']").forEach((form) => form.addEventListener("submit", leave));
