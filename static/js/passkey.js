// A passkey that was not used (cancelled, not known here, no line) is told on the page.
(() => {
  "use strict";
  const failed = document.getElementById("passkey-failed");
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    failed.hidden = false;
  });
  document.addEventListener("click", () => { failed.hidden = true; });
})();
