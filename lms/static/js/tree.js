// The screen of a course: rows are dragged by their grip. Without script, and by keyboard, the arrows do the same.
(() => {
  let dragged = null;
  const row = (event) => event.target.closest?.("[data-row]");
  document.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest?.(".tree-grip");
    if (grip) row(event).draggable = true;
  });
  document.addEventListener("dragstart", (event) => {
    dragged = row(event);
    if (dragged) event.dataTransfer.setData("text/plain", dragged.dataset.row);
  });
  document.addEventListener("dragover", (event) => {
    const over = row(event);
    document.querySelectorAll("[data-over]").forEach((old) => old !== over && old.removeAttribute("data-over"));
    if (!dragged || !over || over === dragged) return;
    event.preventDefault();
    over.setAttribute("data-over", "");
  });
  document.addEventListener("drop", (event) => {
    const over = row(event);
    if (!dragged || !over) return;
    event.preventDefault();
    const button = document.createElement("button");
    button.name = "do";
    button.value = `put:${dragged.dataset.row}:${over.dataset.row}`;
    button.hidden = true;
    over.closest("form").append(button);
    over.closest("form").requestSubmit(button);
  });
  document.addEventListener("dragend", () => {
    if (dragged) dragged.draggable = false;
    dragged = null;
    document.querySelectorAll("[data-over]").forEach((old) => old.removeAttribute("data-over"));
  });
  // a title that was changed is saved when it is left; one that is typed anew, with the Enter key
  document.addEventListener("change", (event) => {
    if (event.target.matches?.("#tree input[name^=title-]")) event.target.form.requestSubmit();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || !event.target.matches?.("#tree textarea")) return;
    event.preventDefault();
    event.target.form.requestSubmit();
  });
})();
