// One page from one form (cms/autosave.py). A save that is clicked while the editor saves by itself waits for it: the
// form does not know yet that its page is made, and would make it once more. Where the answer never arrives, the key
// tells the server that both come from one form.
(() => {
  const PATIENCE = 15000; // ms
  const saving = new WeakSet();
  const waiting = new Map();
  let leaving = new WeakSet(); // forms on their way by a button: what the editor would save meanwhile, goes with them

  function send(form) {
    const { submitter, timer } = waiting.get(form);
    waiting.delete(form);
    saving.delete(form);
    clearTimeout(timer);
    if (submitter && submitter.name) { // the button itself may be switched off while it shows that something goes on
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name: submitter.name, value: submitter.value });
      form.append(field);
    }
    form.requestSubmit();
  }

  document.addEventListener("w-autosave:save", (event) => {
    if (leaving.has(event.target)) event.preventDefault();
    else saving.add(event.target);
  });
  for (const end of ["success", "error"]) {
    document.addEventListener(`w-autosave:${end}`, ({ target }) => {
      saving.delete(target);
      if (waiting.has(target)) send(target);
    });
  }
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!saving.has(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (waiting.has(form)) return;
    waiting.set(form, { submitter: event.submitter, timer: setTimeout(() => send(form), PATIENCE) });
  }, true);
  addEventListener("submit", (event) => event.defaultPrevented || leaving.add(event.target));

  function nameForms() {
    for (const form of document.querySelectorAll('form[data-controller~="w-autosave"][action*="/add/"]')) {
      const field = form.elements.creation_key || document.createElement("input");
      const bytes = crypto.getRandomValues(new Uint8Array(16));
      const key = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
      Object.assign(field, { type: "hidden", name: "creation_key", value: key });
      if (!field.form) form.append(field);
    }
  }
  nameForms();
  addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    leaving = new WeakSet();
    nameForms(); // come back to: what it makes now is another
  });
})();
