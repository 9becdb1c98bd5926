// Who goes back to a page that a link of another site opened, or asks for it once more, saw it
// before; a browser says of that what it said of the link, but for the press. So in a tab in which
// a page of ours was (meldcode.js): that of a stranger asks for itself once more, and is led on to
// ours, in its own. What names somebody is asked for by a press all the same.
(() => {
  "use strict";
  const [how] = performance.getEntriesByType("navigation");
  const link = document.querySelector("[data-again]");
  let was = false;
  try { was = sessionStorage.getItem("meldcode-was-here") !== null; } catch { /* not kept */ }
  const again = how?.type === "back_forward" || how?.type === "reload";
  if (was && again) location.replace(link.dataset.again);
})();
