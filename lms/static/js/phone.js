// A learner's pages: what is typed stays on the phone until the site has it (docs/offline.md).
const me = document.currentScript.dataset.me;
const drafts = (() => { try { return window.localStorage; } catch { return null; } })();
const AGE = 30 * 864e5;
const skipped = new Set(["csrfmiddlewaretoken", "key", "draft", "go"]);
const read = (name) => { try { return JSON.parse(drafts.getItem(name)); } catch { return null; } };

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

function watch(form, place) {
  const name = `d:${me}:${location.pathname}:${place}`;
  const key = form.querySelector("[data-saved]");
  const old = read(name);
  // A key that the site has already, or a newer one, means that this text has arrived, or that a later one counts.
  if (old && key && key.dataset.saved >= old.key) drafts.removeItem(name);
  else if (old && fill(form, old.values)) {
    const note = document.createElement("p");
    note.className = "state";
    note.setAttribute("role", "status");
    note.textContent = form.dataset.draft;
    form.prepend(note);
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
    const field = form.elements.draft || form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name: "draft" }));
    field.value = keep();
  });
}

if (drafts && me) {
  const arrived = (document.cookie.match(/(?:^|; )saved=(\w+)/) || [])[1];
  if (arrived) document.cookie = "saved=;path=/;max-age=0";
  forget((name) => {
    const draft = read(name);
    return name.startsWith(`d:${me}:`) && draft && draft.id !== arrived && Date.now() - draft.at < AGE;
  });
  document.querySelectorAll("form[data-draft]").forEach(watch);
  for (const form of document.querySelectorAll("form[action$='/logout/']")) form.addEventListener("submit", () => forget(() => false));
}
