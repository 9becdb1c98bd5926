// A long form: a draft of it while one types, and sending it on a broken line. Enhancements only.
// Nothing that is typed is put into the browser's own storage.
(() => {
  "use strict";
  const form = document.querySelector("form[data-drafts]");
  if (!form) return;

  // What the page says of the line. One of these at a time; also while they are taken out of it, for
  // nobody knows whether there is a session (session.js).
  const told = document.querySelector("[data-no-line]");
  const parts = [...document.querySelectorAll("[data-when]")];
  const tell = (which) => parts.forEach((part) => {
    part.hidden = part.dataset.when !== which;
  });
  // What is tried again by itself is no sign that anybody is there: the server hears so.
  const post = (body, byItself, options) => fetch(form.getAttribute("action") || location.pathname, {
    method: "POST",
    body,
    headers: { "HX-Request": "true", ...(byItself && { "Meldcode-By-Itself": "true" }) },
    credentials: "same-origin",
    // To sign in again is for the page to open: followed here, it would take what is said there, and
    // a session of its own.
    redirect: "manual",
    ...options,
  });

  // A draft, a few seconds after one stops typing, and when the page goes out of sight.
  const AFTER = 2500;
  const LATER = 60 * 1000; // kept too often: not before the server has room again
  const state = form.querySelector("[data-draft-state]");
  let waits = null;
  let saving = null;
  let sending = false;
  let unsaved = false;
  let typed = false; // since the last try
  let signedOut = false;
  const written = () => [...form.querySelectorAll("textarea, input[type=text]")]
    .some((box) => box.value.trim());
  const save = async (leaving) => {
    clearTimeout(waits);
    if (!unsaved || sending || signedOut || !written()) return;
    const byItself = !typed;
    unsaved = typed = false;
    saving?.abort();
    const mine = saving = new AbortController();
    const body = new URLSearchParams(new FormData(form));
    body.set("draft", "1");
    try {
      const answer = await post(body, byItself, { signal: mine.signal, keepalive: leaving });
      if (answer.type === "opaqueredirect") {
        signedOut = true;
        state.textContent = "";
        tell("signed-out");
      } else if (answer.status >= 500) {
        throw new Error("not kept");
      } else {
        // Refused is refused: not asked again before somebody types.
        const says = answer.ok || [409, 429].includes(answer.status);
        state.textContent = says ? await answer.text() : "";
        if (answer.status === 429) {
          unsaved = true;
          waits = setTimeout(save, LATER);
        }
        // Somebody is still there.
        if (!byItself) document.dispatchEvent(new CustomEvent("htmx:afterRequest"));
        tell(says ? "" : "refused");
      }
    } catch {
      if (mine.signal.aborted || sending) return;
      unsaved = true;
      state.textContent = "";
      tell("unsaved");
      waits = setTimeout(save, 4 * AFTER);
    }
  };
  form.addEventListener("input", (event) => {
    if (event.target.name === "pupil_query") return;
    unsaved = typed = true;
    clearTimeout(waits);
    waits = setTimeout(save, AFTER);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") save(true);
  });

  // Sending: once, however often it is tapped. On a broken line the same words go again, and the
  // server files them once; so they stand still until it is known what became of them.
  const LONGEST = 20 * 1000;
  const PAUSES = [4, 8, 15, 30, 60].map((seconds) => seconds * 1000);
  let body = null;
  let tries = 0;
  let again = null;
  const free = () => {
    clearTimeout(again);
    again = null;
    sending = false;
    body = null;
    tries = 0;
    form.inert = false;
    form.removeAttribute("aria-busy");
  };
  const wait = () => {
    form.removeAttribute("aria-busy");
    tell("waiting");
    const pause = PAUSES[Math.min(tries, PAUSES.length) - 1];
    again = setTimeout(attempt, pause, true);
  };
  async function attempt(byItself = false) {
    clearTimeout(again);
    again = null;
    tries += 1;
    form.setAttribute("aria-busy", "true");
    tell("sending");
    let answer;
    try {
      answer = await post(body, byItself, { signal: AbortSignal.timeout?.(LONGEST) });
    } catch {
      wait();
      return;
    }
    const leadsTo = answer.headers.get("HX-Redirect");
    if (leadsTo) {
      body = null; // it arrived: leaving the page loses nothing, and nobody is asked
      // Who left in a hurry meanwhile is not led to what they sent (leave.js).
      if (!("left" in document.documentElement.dataset)) location.assign(leadsTo);
      return;
    }
    if (answer.status >= 502) {
      wait();
      return;
    }
    // Whatever else it says, it says on a page: nothing was filed, so the browser sends it itself.
    form.inert = false;
    if (form.isConnected) form.submit();
    else { // taken away meanwhile, while nobody knew whether they are signed in (session.js)
      free();
      tell("unsure");
    }
  }
  form.addEventListener("submit", (event) => {
    if (event.submitter?.name) { // another button: it leaves this page by itself
      saving?.abort();
      sending = true;
      return;
    }
    event.preventDefault();
    if (sending) return;
    sending = true;
    clearTimeout(waits);
    saving?.abort();
    body = new URLSearchParams(new FormData(form));
    form.inert = true;
    attempt();
  });
  told.addEventListener("click", (event) => {
    if ("again" in event.target.dataset && body) attempt();
    if ("change" in event.target.dataset) {
      free();
      tell("unsure");
      form.querySelector("textarea")?.focus();
    }
  });
  window.addEventListener("online", () => { if (again && body) attempt(true); });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    free();
    tell("");
  });
  window.addEventListener("beforeunload", (event) => {
    if (body && sending && form.inert && (again || tries > 1)) event.preventDefault();
  });
})();
