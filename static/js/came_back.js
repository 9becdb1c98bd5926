// Who goes back to a page that a link of another site opened, or asks for it once more, saw it
// before; a browser says of that what it said of the link, but for the press. What names somebody is
// asked for once more all the same.
(() => {
  "use strict";
  const [how] = performance.getEntriesByType("navigation");
  const link = document.querySelector("[data-again]");
  if (how?.type === "back_forward" || how?.type === "reload") location.replace(link.dataset.again);
})();
