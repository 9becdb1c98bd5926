// Logging a signal: hints while typing, and categories by age. Enhancements only.
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
})();
