// A session that ends: said in time; and then no page of it is left to read, in any tab. The page of
// a house that is away (503.html) has it too: it shows what somebody wrote, and warns of nothing.
(() => {
  "use strict";
  const NOBODY = "meldcode-nobody";
  const isOver = () => document.documentElement.classList.contains("session-over");
  const isLeft = () => "left" in document.documentElement.dataset; // in a hurry (leave.js)
  const write = (key) => { try { localStorage.setItem(key, String(Date.now())); } catch { /* private */ } };
  const end = document.getElementById("session-end");
  if (!end) {
    // Nobody is signed in (any more): other tabs of this browser ask whether that is true for them.
    write(NOBODY);
    return;
  }

  // Other tabs of the same browser count too: they share the session.
  const WARNING = 3 * 60 * 1000;
  const rest = Number(end.dataset.rest) * 1000;
  const KEY = "meldcode-last-request";
  const started = Date.now();
  const longest = Number(end.dataset.ends);
  const last = () => { try { return Number(localStorage.getItem(KEY)) || started; } catch { return started; } };
  const warning = end.querySelector("[data-for=rest]");
  if (warning) write(KEY);
  // What a page asks by itself is no sign that anybody is there, for the server neither.
  const byItself = (event) => event.detail?.requestConfig?.elt.matches("[data-by-itself]") ?? false;
  document.addEventListener("htmx:afterRequest", (event) => { if (!byItself(event)) write(KEY); });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!byItself(event) || !event.detail.xhr.responseURL.includes("/account/login/")) return;
    event.detail.shouldSwap = false;
    leave();
  });

  // What was typed goes along: the server keeps it until its writer has signed in again. Also what
  // came back with a mistake in it, and was not touched since.
  const FORMS = "form[data-guard], form[data-drafts]";
  const TEXTS = "textarea, input[type=text]";
  let typedIn = warning ? null : document.querySelector(FORMS);
  document.addEventListener("input", (event) => { typedIn = event.target.closest(FORMS) ?? typedIn; });
  document.addEventListener("submit", (event) => { if (event.target === typedIn) typedIn = null; });
  let away = null; // what stood on the page, while it is covered
  const written = () => typedIn ?? [...(away ?? document).querySelectorAll(FORMS)]
    .find((form) => [...form.querySelectorAll(TEXTS)].some((box) => box.value.trim()));
  let leaving = false;
  window.addEventListener("beforeunload", (event) => {
    if (leaving) event.stopImmediatePropagation();
  }, true);
  const leave = (anybodyElses = false) => {
    if (leaving || isLeft()) return;
    leaving = true;
    setTimeout(() => { leaving = false; }, AGAIN); // it did not come to that: tried again
    const form = anybodyElses ? null : written();
    if (form) {
      if (away) document.body.prepend(away); // one that is nowhere is not sent
      away = null;
      HTMLFormElement.prototype.submit.call(form);
    } else location.replace(location.href.split("#")[0]);
  };

  // Whether there is a session still is for the server to say. Until then nothing is shown.
  const AGAIN = 30 * 1000;
  const MINUTE = 60 * 1000;
  let asked = Date.now();
  // When it said last that there is one, though by the clock of this machine it was over; 0: never.
  // So long as one may rest, that counts.
  let alive = 0;
  const isAlive = () => Date.now() - alive < rest;
  const note = document.getElementById("session-over");
  // What asks how far it is stopped while it was nowhere: it begins anew.
  const goOn = () => document.querySelectorAll("[data-by-itself]").forEach((one) => {
    const fresh = one.cloneNode(true);
    one.replaceWith(fresh);
    htmx.process(fresh);
  });
  // Taken out of the page, not hidden: without its styles, or kept as a file, it would be read.
  let before = null; // kept until it is shown again: also over a page that was to be left, and stayed
  const cover = (covered) => {
    if (isLeft()) return;
    document.documentElement.classList.toggle("session-over", covered);
    if (covered && !away) {
      before ??= { title: document.title, focus: document.activeElement, at: window.scrollY };
      document.title = end.dataset.title;
      away = document.createDocumentFragment();
      away.append(...[...document.body.childNodes].filter((part) => part !== note && part !== end));
    } else if (!covered && away) {
      document.body.prepend(away);
      away = null;
      document.title = before.title;
      before.focus?.focus({ preventScroll: true });
      window.scrollTo(0, before.at);
      before = null;
      goOn();
    }
    if (!covered) note.hidden = true;
  };
  const ask = async (covered) => {
    if (leaving || isLeft()) return;
    asked = Date.now();
    if (covered) cover(true);
    try {
      const asking = `${end.querySelector("form").action}?of=${end.dataset.of}`;
      // Of a session that is over the answer leaves the cookie alone: a late one would take that of
      // the new session, in which what was typed is kept by then.
      const headers = { "Meldcode-By-Itself": "true" };
      const fresh = () => fetch(asking, { redirect: "manual", cache: "no-store", headers });
      let answer = await fresh();
      // In another tab somebody showed again who they are: by the cookie that came of it.
      if (answer.type === "opaqueredirect") answer = await fresh();
      if (answer.status === 204) {
        alive = Date.now();
        cover(false);
      } else if (answer.type === "opaqueredirect" || answer.status === 205) {
        cover(true);
        leave(answer.status === 205);
      } else throw new Error("no answer");
    } catch {
      note.hidden = !isOver(); // no line
    }
  };
  window.addEventListener("storage", (event) => { if (event.key === NOBODY) ask(true); });
  // It may have been ended elsewhere, or the machine slept.
  const seen = () => {
    look();
    if (document.visibilityState === "visible" && Date.now() - asked > AGAIN) ask(false);
  };

  let told = false;
  const look = () => {
    const now = Date.now();
    if (isOver()) {
      ask(true); // nobody answered yet
      return;
    }
    if (now > last() + rest || now > longest) {
      if (end.open) end.close();
      if (now - asked > AGAIN || !isAlive()) ask(!isAlive());
      return;
    }
    alive = 0;
    const nearEnd = longest - now < WARNING;
    const resting = last() + rest - now < WARNING;
    if (!resting && !nearEnd) {
      if (end.open) end.close();
      // Somebody may have ended it from another device.
      if (document.visibilityState === "visible" && now - asked > MINUTE) ask(false);
      return;
    }
    if (!warning || end.open || (nearEnd && told)) return;
    told = nearEnd;
    end.querySelector("[data-for=longest]").hidden = !nearEnd;
    warning.hidden = nearEnd;
    end.showModal();
  };
  end.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    end.close();
    const form = event.target;
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
      if (answer.status === 204) write(KEY);
    } catch { /* no line: what is typed is kept when it is sent */ }
  });
  setInterval(look, 10 * 1000);
  document.addEventListener("visibilitychange", seen);
  window.addEventListener("focus", seen);
  window.addEventListener("pageshow", (event) => { if (event.persisted) { leaving = false; ask(true); } });
})();
