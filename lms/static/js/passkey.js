// What needs the scripts before this one is shown once they are here; a passkey that fails is told in words.
document.addEventListener("DOMContentLoaded", () => {
  for (const part of document.querySelectorAll("[data-scripted]")) part.hidden = false;
});
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  document.querySelector("[data-failed]").hidden = false;
});
