// Messages that stay in sight until they can be read, menus that close, and who waits is told so.
(() => {
  "use strict";

  // A message never goes by itself. While it is new it stays in sight as one scrolls: as long as a
  // slow reader takes, counted only while the page is looked at. Then it is a part of the page.
  const toasts = document.getElementById("toasts");
  if (toasts) {
    const WORD = 450; // ms: 130 words a minute
    const words = toasts.textContent.trim().split(/\s+/).length;
    let left = 4000 + words * WORD;
    toasts.classList.add("is-new");
    const clock = setInterval(() => {
      const held = toasts.matches(":hover, :focus-within");
      if (document.visibilityState === "visible" && !held) left -= 500;
      if (left > 0) return;
      clearInterval(clock);
      toasts.classList.remove("is-new");
    }, 500);
    toasts.querySelectorAll(".toast-close").forEach((button) => {
      button.hidden = false;
      button.addEventListener("click", () => {
        button.closest(".toast-card").remove();
        // The focus goes on where the page begins, not to its very top.
        if (!toasts.children.length) toasts.remove();
        document.getElementById("content").focus({ preventScroll: true });
      });
    });
  }

  // A menu closes with Escape, and when one presses beside it.
  const menus = () => document.querySelectorAll(".user-menu[open]");
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menus().forEach((menu) => {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });
  document.addEventListener("click", (event) => {
    menus().forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });

  // A part that is on its way says so to a screen reader; its picture is the stylesheet's.
  const busy = (event, is) => event.detail?.target?.setAttribute("aria-busy", is);
  document.addEventListener("htmx:beforeRequest", (event) => busy(event, "true"));
  document.addEventListener("htmx:afterRequest", (event) => busy(event, "false"));
})();
