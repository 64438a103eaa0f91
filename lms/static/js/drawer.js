// Opens the drawer once htmx has filled it; closes it on Escape (native), on its button, or beside it.
document.addEventListener("htmx:afterSwap", (event) => {
  const drawer = event.target.closest("dialog.drawer");
  if (drawer && !drawer.open) drawer.showModal();
});
document.addEventListener("click", (event) => {
  if (event.target.matches("dialog.drawer")) event.target.close();
});
