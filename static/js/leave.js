// Away at once: the page gone, a neutral title in the tab, and another page in its place.
// Without this file the link leads there all the same.
(() => {
  "use strict";
  const link = document.querySelector(".leave-link");
  if (!link) return;
  const TIMES = 3;
  const WITHIN = 5 * 1000; // ms between one press of Shift and the next
  let leaving = false;
  let pressed = 0;
  let timer = null;
  let alone = false; // whether Shift goes up without any other key or click in between

  const leave = () => {
    leaving = true;
    // Nothing brings the page back meanwhile, nor leads elsewhere (session.js, drafts.js).
    document.documentElement.dataset.left = "";
    // Nor what a page asks by itself: its answer leads on where it is done.
    document.querySelectorAll("[data-by-itself]").forEach((one) => htmx.trigger(one, "htmx:abort"));
    document.title = link.dataset.title;
    document.querySelectorAll("link[rel~=icon]").forEach((icon) => { icon.href = "data:,"; });
    document.body.replaceChildren();
    // Not one more entry in the history: Back does not bring this page again.
    location.replace(link.href);
  };

  // Whoever must be gone is not asked what to do with what they typed. First of all listeners.
  window.addEventListener("beforeunload", (event) => {
    if (leaving) event.stopImmediatePropagation();
  }, true);

  link.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });

  // Shift three times does the same. A screen reader hears how many more; the link shows it.
  const hint = document.createElement("span");
  hint.id = "leave-hint";
  hint.className = "visually-hidden";
  hint.textContent = link.dataset.hint;
  const status = document.createElement("span");
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  link.after(hint, status);
  link.setAttribute("aria-describedby", hint.id);

  const say = () => {
    link.dataset.pressed = String(pressed);
    status.textContent = ["", link.dataset.two, link.dataset.one][pressed] ?? "";
  };
  const forget = () => {
    clearTimeout(timer);
    alone = false;
    if (!pressed) return;
    pressed = 0;
    say();
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Shift") alone = alone || !event.repeat;
    else forget();
  }, true);
  document.addEventListener("keyup", (event) => {
    if (event.key !== "Shift" || !alone) return;
    alone = false;
    pressed += 1;
    if (pressed === TIMES) {
      leave();
      return;
    }
    say();
    clearTimeout(timer);
    timer = setTimeout(forget, WITHIN);
  }, true);
  document.addEventListener("pointerdown", forget, true);
})();
