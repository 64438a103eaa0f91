// A filter changes the results and nothing else: what was unfolded stays so, and the box stays under the hand.
let held = null;
document.addEventListener("htmx:beforeSwap", (event) => {
  const box = document.activeElement;
  if (event.target.id !== "found" || !event.target.contains(box) || !box.id) return;
  const open = [...event.target.querySelectorAll("details[id][open]")].map((part) => part.id);
  held = { id: box.id, top: box.getBoundingClientRect().top, open };
});
document.addEventListener("htmx:afterSettle", () => {
  if (!held) return;
  for (const id of held.open) document.getElementById(id)?.setAttribute("open", "");
  const box = document.getElementById(held.id);
  if (box) {
    box.focus({ preventScroll: true });
    scrollBy({ top: box.getBoundingClientRect().top - held.top, behavior: "instant" });
  }
  held = null;
});
