// Enhancements only: every page works without this file.
(() => {
  "use strict";
  document.documentElement.classList.add("js");
  // That this tab showed a page of ours, and not which (came_back.js).
  try { sessionStorage.setItem("meldcode-was-here", ""); } catch { /* not kept */ }

  // A form without drafts is sent once the web says that it is there: while that is away, what one
  // typed would be lost, for no browser brings it back.
  const told = document.getElementById("not-sent");
  const LONGEST = 10 * 1000;
  const ask = (url, cache) => fetch(url, {
    cache,
    credentials: "omit", // nobody asks: no session begins its rest anew
    redirect: "error",
    signal: AbortSignal.timeout?.(LONGEST), // a browser of years ago waits as long as it likes
  });
  const isThere = async () => {
    try {
      // What lets go of what was sent (sent.js) is at hand by then: along a slow line it came late.
      const [answer] = await Promise.all([
        ask(told.dataset.asks, "no-store"), ask(told.dataset.letsGo, "force-cache"),
      ]);
      return answer.status < 502;
    } catch {
      return false;
    }
  };
  // Who left in a hurry (leave.js) sends nothing, nor does a page that is covered (session.js): that
  // sends by itself what was typed, or shows it again.
  const root = document.documentElement;
  const isLeft = () => "left" in root.dataset;
  const isCovered = () => root.classList.contains("session-over");
  // Of all in which one typed anything: also a password would stay with the page of the fault.
  const BOX = "textarea, input:is([type=text], [type=email], [type=password], [type=file])";
  const asksFirst = (form) => form.matches("[method=post]:not([data-drafts], [hx-post])")
    && (form.matches("[data-guard]") || form.querySelector(BOX));
  const isTooLarge = (box) => [...box.files].some((file) => file.size > Number(box.dataset.largest));
  let asking = false;
  let sure = false;
  // Before all others who hear of it: for them it is sent when it is.
  window.addEventListener("submit", async (event) => {
    const form = event.target;
    if (sure || !told || form.dataset.sent) return;
    if (!asksFirst(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (asking) return;
    // One that is too large stays here: where the proxy refuses it, its words stay in the browser.
    const tooLarge = [...form.querySelectorAll("[data-largest]")].find(isTooLarge);
    if (tooLarge && document.getElementById("too-large")) {
      tooLarge.focus();
      return;
    }
    asking = true;
    const button = event.submitter;
    told.hidden = true;
    form.setAttribute("aria-busy", "true");
    const there = await isThere();
    asking = false;
    if (isLeft()) return;
    form.removeAttribute("aria-busy");
    if (there && !isCovered()) {
      sure = true;
      form.requestSubmit(button?.form === form ? button : null);
      sure = false;
      return;
    }
    if (!form.contains(told)) (form.querySelector(".submit-bar") ?? form).prepend(told);
    told.hidden = false;
    told.scrollIntoView({ block: "nearest" });
  }, true);

  // A form is sent once, however often the button is tapped.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    // A file comes, and the page stays: its form can be sent again.
    if ("download" in form.dataset) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    form.setAttribute("aria-busy", "true");
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => {
      delete form.dataset.sent;
      form.removeAttribute("aria-busy");
    });
  });

  // On the page of the design system errors are examples.
  const summary = document.querySelector(".error-summary");
  if (document.querySelector("[data-examples]")) { /* nobody sent anything */ }
  else if (summary) summary.focus();
  else document.querySelector("main .is-invalid, main .alert-block ~ * [type=password]")?.focus();

  // A line of it leads into its field, not beside it: of choices, to the first.
  summary?.addEventListener("click", (event) => {
    const part = event.target.closest("a")?.hash.slice(1);
    const field = part && document.getElementById(part);
    if (!field) return;
    const FIELDS = "input:not([type=hidden]), textarea, select";
    const box = field.matches(FIELDS) ? field : field.querySelector(FIELDS);
    if (!box) return;
    event.preventDefault();
    field.scrollIntoView();
    box.focus();
  });

  // Text boxes grow with what is typed.
  const grow = (box) => {
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight + 2}px`;
  };
  document.querySelectorAll("textarea").forEach((box) => {
    if (box.value) grow(box);
    box.addEventListener("input", () => grow(box));
  });

  // Weighing: only the questions that are asked after the answers before them, and only what
  // follows from the answer that was given. The server judges by the same table.
  const branches = document.querySelector("[data-branches]");
  if (branches) {
    const cards = [...branches.querySelectorAll("[data-question]")];
    const answers = {};
    const isAsked = (card) => card.dataset.needs.split("; ").filter(Boolean).every((need) => {
      const [code, allowed] = need.split(": ");
      return allowed.split(" ").includes(answers[code]);
    });
    const follow = () => cards.forEach((card) => {
      const asked = isAsked(card);
      const chosen = card.querySelector("input[type=radio]:checked");
      answers[card.dataset.question] = asked && chosen ? chosen.value : "";
      card.hidden = !asked;
      card.querySelectorAll("[data-answer]").forEach((line) => {
        line.hidden = !chosen || line.dataset.answer !== chosen.value;
      });
    });
    branches.addEventListener("change", follow);
    // On a broken line nothing stays that followed from the answers before.
    const forget = () => document.getElementById("two-decisions")?.replaceChildren();
    document.addEventListener("htmx:sendError", forget);
    document.addEventListener("htmx:responseError", forget);
    follow();
  }

  // A file that is too large is told of before it is sent; the server judges it all the same.
  document.addEventListener("change", (event) => {
    const tooLarge = document.getElementById("too-large");
    if (!event.target.dataset.largest || !tooLarge) return;
    event.target.after(tooLarge);
    tooLarge.hidden = !isTooLarge(event.target);
  });

  // Who chooses while a new list is on its way keeps what they chose, if it stands there still.
  const checked = (list) => list.querySelector("input[type=radio]:checked");
  let chosen = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    chosen = checked(event.detail.target);
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const list = event.detail.target;
    if (!chosen || checked(list)) return;
    const same = [...list.querySelectorAll("input[type=radio]")]
      .find((radio) => radio.name === chosen.name && radio.value === chosen.value);
    if (same) same.checked = true;
  });

  // Ask before typed text is left behind.
  let typed = false;
  document.querySelectorAll("form[data-guard]").forEach((form) => {
    form.addEventListener("input", () => { typed = true; });
    form.addEventListener("submit", () => { typed = false; });
  });
  window.addEventListener("beforeunload", (event) => {
    if (typed) event.preventDefault();
  });
})();
