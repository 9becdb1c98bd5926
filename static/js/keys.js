// Shortcuts of one key, for what the page offers: whatever has a data-key. They can be switched off
// (WCAG 2.1.4), for who speaks to the computer; the choice stays in the browser, and says no more.
(() => {
  "use strict";
  const dialog = document.getElementById("keys");
  const opener = document.getElementById("keys-open");
  if (!dialog || !opener) return;
  const KEPT = "meldcode-keys";
  const FIELDS = "input, textarea, select, [contenteditable]";
  const box = document.getElementById("keys-on");
  const list = dialog.querySelector("dl");

  const isOn = () => {
    try { return localStorage.getItem(KEPT) !== "off"; } catch { return box.checked; }
  };
  const places = () => [...document.querySelectorAll("a[data-key], input[data-key]")];

  // A screen reader says the key with the link, while it does something.
  const mark = () => places().forEach((place) => {
    if (isOn()) place.setAttribute("aria-keyshortcuts", place.dataset.key);
    else place.removeAttribute("aria-keyshortcuts");
  });

  const row = (key, words, more = "") => {
    const term = document.createElement("dt");
    const cap = document.createElement("kbd");
    cap.textContent = key;
    term.append(cap, more);
    const said = document.createElement("dd");
    said.textContent = words;
    list.append(term, said);
  };
  const open = () => {
    if (dialog.open) return;
    list.replaceChildren();
    places().forEach((place) => {
      row(place.dataset.key, place.labels?.[0]?.textContent.trim() ?? place.textContent.trim());
    });
    row("?", list.dataset.here);
    row("Shift", list.dataset.leave, ` ${list.dataset.shift}`);
    box.checked = isOn();
    dialog.showModal();
  };

  opener.hidden = false;
  opener.addEventListener("click", open);
  // Chromium can leave the focus in what is closed: a key would seem to be typed there.
  dialog.addEventListener("close", () => {
    if (dialog.contains(document.activeElement)) document.activeElement.blur();
  });
  box.addEventListener("change", () => {
    try { localStorage.setItem(KEPT, box.checked ? "on" : "off"); } catch { /* private: this page */ }
    mark();
  });
  mark();

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    if (!isOn() || event.target.closest?.(FIELDS) || document.querySelector("dialog[open]")) return;
    if (event.key === "?") {
      event.preventDefault();
      open();
      return;
    }
    const place = places().find((one) => one.dataset.key === event.key);
    if (!place) return;
    event.preventDefault();
    if (place.matches(FIELDS)) place.focus();
    else place.click();
  });
})();
