// Shows what the worker keeps; stands on phone.js (docs/offline.md).
const language = document.documentElement.lang;
let worker;
const talk = (what, more) => new Promise((done, fail) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => (data.error ? fail(data.error) : done(data.value));
  setTimeout(fail, 3e4, "again");
  worker.postMessage({ do: what, owner: me, ...more }, [port2]);
});
const attempt = (location.pathname.match(/[\da-f-]{36}/) || [])[0];
const base = attempt && location.pathname.slice(0, location.pathname.indexOf(attempt) + 37);
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

// Whether somebody who signs out wants to stay, for what is not sent yet.
export async function stays(form) {
  await ready;
  let { unsent } = worker ? await talk("status") : {};
  if (unsent && confirm(words.out)) ({ unsent } = await talk("send"));
  if (unsent && !confirm(words.lose)) return true;
  if (worker && await talk("wipe")) form.append(make("input", "", { type: "hidden", name: "keep", value: 1 }));
}

async function begin() {
  const found = await workers.getRegistration(scope);
  worker = found && found.active;
  if (card) {
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
export const ready = begin().catch(() => {});
