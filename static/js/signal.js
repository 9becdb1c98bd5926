// Logging a signal: hints while typing, categories by age, drafts, and sending on a broken line.
// Enhancements only. Nothing that is typed is put into the browser's own storage.
(() => {
  "use strict";
  const form = document.querySelector(".signal-form");
  if (!form) return;

  // Words that say what somebody thinks: shown beside the facts, never in the way.
  const facts = form.querySelector("[name=facts]");
  const hints = [...form.querySelectorAll("[data-words]")].map((line) => ({
    line,
    quote: line.querySelector("q"),
    words: new RegExp(`(?<![\\p{L}\\p{N}_])(?:${line.dataset.words.replaceAll("\\w*", "[\\p{L}\\p{N}_]*")})(?![\\p{L}\\p{N}_])`, "iu"),
  }));
  const QUOTED = /"[^"]*"|[“„][^”“„]*[”“]/g;
  const hint = () => {
    const plain = facts.value.replace(QUOTED, " ");
    hints.forEach(({ line, quote, words }) => {
      const found = words.exec(plain);
      const said = found ? found[0] : "";
      if (quote.textContent !== said) quote.textContent = said;
      if (line.hidden !== !found) line.hidden = !found;
    });
  };
  let thinking;
  facts.addEventListener("input", () => {
    clearTimeout(thinking);
    thinking = setTimeout(hint, 600);
  });
  hint();

  // The categories follow the age group of the pupil that is chosen.
  const categories = form.querySelector(".categories");
  const follow = (age) => {
    if (!age || categories.dataset.age === age) return;
    categories.dataset.age = age;
    categories.querySelectorAll(".fold").forEach((fold) => {
      const more = fold.querySelector(".category-more");
      const usual = fold.querySelector(":scope > .category-list");
      const rest = more.querySelector(".category-list");
      [...fold.querySelectorAll(".category")].forEach((row) => {
        (row.dataset.ages.split(" ").includes(age) ? usual : rest).append(row);
      });
      more.hidden = !rest.children.length;
      if (rest.querySelector(":checked")) more.open = true;
    });
  };
  form.addEventListener("change", (event) => {
    if (event.target.name === "pupil") follow(event.target.dataset.age);
  });
  follow(form.querySelector("[name=pupil]:checked")?.dataset.age);

  if (!("drafts" in form.dataset)) return;

  // What the page says of the line. One of these at a time.
  const told = document.querySelector("[data-no-line]");
  const tell = (which) => document.querySelectorAll("[data-when]").forEach((part) => {
    part.hidden = part.dataset.when !== which;
  });
  const post = (body, options) => fetch(form.getAttribute("action"), {
    method: "POST",
    body,
    headers: { "HX-Request": "true" },
    credentials: "same-origin",
    ...options,
  });

  // A draft, a few seconds after one stops typing, and when the page goes out of sight.
  const AFTER = 2500;
  const state = form.querySelector("[data-draft-state]");
  let waits = null;
  let saving = null;
  let sending = false;
  let unsaved = false;
  let signedOut = false;
  const written = () => [...form.querySelectorAll("textarea, input[type=text]")]
    .some((box) => box.value.trim());
  const save = async (leaving) => {
    clearTimeout(waits);
    if (!unsaved || sending || signedOut || !written()) return;
    unsaved = false;
    saving?.abort();
    const mine = saving = new AbortController();
    const body = new URLSearchParams(new FormData(form));
    body.set("draft", "1");
    try {
      const answer = await post(body, { signal: mine.signal, keepalive: leaving });
      if (answer.redirected) {
        signedOut = true;
        state.textContent = "";
        tell("signed-out");
      } else if (answer.ok || answer.status === 409) {
        state.textContent = await answer.text();
        document.dispatchEvent(new CustomEvent("htmx:afterRequest")); // somebody is still there
        tell("");
      } else {
        throw new Error("not kept");
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
    unsaved = true;
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
    again = setTimeout(attempt, pause);
  };
  async function attempt() {
    clearTimeout(again);
    tries += 1;
    form.setAttribute("aria-busy", "true");
    tell("sending");
    let answer;
    try {
      answer = await post(body, { signal: AbortSignal.timeout(LONGEST) });
    } catch {
      wait();
      return;
    }
    const leadsTo = answer.headers.get("HX-Redirect");
    if (leadsTo) {
      location.assign(leadsTo);
      return;
    }
    if (answer.status >= 502) {
      wait();
      return;
    }
    // Whatever else it says, it says on a page: nothing was filed, so the browser sends it itself.
    form.inert = false;
    form.submit();
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
      facts.focus();
    }
  });
  window.addEventListener("online", () => { if (again && body) attempt(); });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    free();
    tell("");
  });
  window.addEventListener("beforeunload", (event) => {
    if (again && body && sending && form.inert) event.preventDefault();
  });
})();
