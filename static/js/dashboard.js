// The dashboard: arrow keys within list and board, "/" from there to the search. All of it works
// without this file, by Tab and Enter.
(() => {
  "use strict";
  const linksOf = (part) => [...part.querySelectorAll("li a.case-name, li > a")];

  const beside = (link, step) => {
    const columns = [...link.closest("[data-arrows]").querySelectorAll(".column")];
    const at = columns.indexOf(link.closest(".column"));
    const row = linksOf(columns[at]).indexOf(link);
    for (let next = at + step; next >= 0 && next < columns.length; next += step) {
      const links = linksOf(columns[next]);
      if (links.length) return links[Math.min(row, links.length - 1)];
    }
    return null;
  };

  const goal = (part, link, key) => {
    const onBoard = part.dataset.arrows === "board";
    const links = linksOf(onBoard ? link.closest(".column") : part);
    const at = links.indexOf(link);
    if (key === "ArrowDown") return links[at + 1];
    if (key === "ArrowUp") return links[at - 1];
    if (key === "Home") return links[0];
    if (key === "End") return links[links.length - 1];
    if (onBoard && key === "ArrowRight") return beside(link, 1);
    if (onBoard && key === "ArrowLeft") return beside(link, -1);
    return null;
  };

  document.addEventListener("keydown", (event) => {
    const part = event.target.closest?.("[data-arrows]");
    if (!part || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "/") {
      event.preventDefault();
      document.getElementById("q")?.focus();
      return;
    }
    const card = event.target.closest(".case-card, li");
    const link = card && linksOf(part).find((one) => card.contains(one));
    const next = link && goal(part, link, event.key);
    if (!next) return;
    event.preventDefault();
    next.focus();
  });

  // Whoever puts on one filter often puts on another: what was open stays open.
  // And so does the focus: while it is closed, htmx cannot give a filter its focus again.
  let open = false;
  let held = "";
  document.addEventListener("htmx:beforeSwap", () => {
    open = Boolean(document.getElementById("filters-more")?.open);
    held = document.activeElement?.id || "";
  });
  document.addEventListener("htmx:afterSwap", () => {
    const more = document.getElementById("filters-more");
    if (more) more.open = open;
    if (!held || document.activeElement !== document.body) return;
    document.getElementById(held)?.focus({ preventScroll: true });
  });

  // What had the focus is gone: on with the list, not at the top of the page again.
  document.addEventListener("htmx:afterSettle", () => {
    if (document.activeElement !== document.body) return;
    (document.getElementById("cases-title") || document.getElementById("dashboard"))?.focus();
  });
})();
