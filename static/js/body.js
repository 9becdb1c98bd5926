// The figures of the body map: a tap adds a row to the list, or leads to the one that is there.
// What is sent is the list; without this file its buttons do the same.
(() => {
  "use strict";
  const map = document.querySelector(".body-map");
  if (!map) return;
  const list = map.querySelector("[data-rows]");
  const blank = map.querySelector("[data-row]");
  const add = map.querySelector("[data-add]");
  const hint = map.querySelector("[data-hint]");
  const most = Number(map.dataset.most);
  const SVG = "http://www.w3.org/2000/svg";
  const rows = () => [...list.querySelectorAll("[data-mark]")];
  const field = (row, part) => row.querySelector(`[name$="-${part}"]`);
  const NAMED = ["name", "id", "for", "aria-describedby"];

  // Named and numbered in the order in which they stand.
  const number = () => {
    rows().forEach((row, place) => {
      row.querySelectorAll("[name], [id], [for]").forEach((one) => {
        NAMED.filter((name) => one.hasAttribute(name)).forEach((name) => {
          one.setAttribute(name, one.getAttribute(name).replace(/-(\d+|__n__)-/, `-${place}-`));
        });
      });
      row.querySelector("[data-remove]").value = place;
      row.querySelectorAll("[data-number]").forEach((one) => { one.textContent = place + 1; });
    });
    if (add) add.hidden = rows().length >= most;
  };

  const newRow = () => {
    if (rows().length >= most) return null;
    list.append(blank.content.cloneNode(true));
    number();
    return rows().at(-1);
  };

  const middle = (part) => {
    const box = part.getBBox();
    const x = box.x + box.width / 2;
    const mirrored = part.hasAttribute("transform");
    return [mirrored ? 200 - x : x, box.y + box.height / 2];
  };

  const drawn = (name, values, words = "") => {
    const made = document.createElementNS(SVG, name);
    Object.entries(values).forEach(([key, value]) => made.setAttribute(key, value));
    made.textContent = words;
    return made;
  };

  // The figures show what stands in the list.
  const draw = () => {
    map.querySelectorAll(".body-draw .body-number").forEach((one) => one.remove());
    const marked = {};
    rows().forEach((row, place) => {
      const code = field(row, "region").value;
      if (code) (marked[code] ||= []).push(place + 1);
    });
    map.querySelectorAll(".body-draw .body-part").forEach((part) => {
      const numbers = marked[part.dataset.region];
      part.classList.toggle("is-marked", Boolean(numbers));
      // A figure that is not shown has no measures yet; it is drawn when it is.
      if (!numbers || !part.getClientRects().length) return;
      const [x, y] = middle(part);
      const sign = drawn("g", { class: "body-number" });
      sign.append(
        drawn("circle", { cx: x, cy: y, r: numbers.length > 1 ? 11 : 9 }),
        drawn("text", { x, y: y + 4, "font-size": 11, "font-weight": 700, "text-anchor": "middle" }, numbers.join("+")),
      );
      part.ownerSVGElement.append(sign);
    });
  };

  const lead = (row) => {
    const next = ["kind", "size"].map((part) => field(row, part)).find((one) => !one.value);
    (next || field(row, "kind")).focus();
    row.scrollIntoView({ block: "nearest" });
  };

  const mark = (code) => {
    const there = rows().find((row) => field(row, "region").value === code);
    const row = there || rows().find((one) => !field(one, "region").value) || newRow();
    if (!row) return;
    if (!there) {
      field(row, "region").value = code;
      field(row, "region").dispatchEvent(new Event("input", { bubbles: true }));
      field(row, "region").dispatchEvent(new Event("change", { bubbles: true }));
    }
    lead(row);
  };

  // A thumb is wider than an arm: what lies nearest to it is meant.
  const near = (event) => {
    for (const far of [0, 7, 14, 21]) {
      for (const [across, down] of [[0, 0], [-1, 0], [1, 0], [0, -1], [0, 1]]) {
        const one = document.elementFromPoint(event.clientX + across * far, event.clientY + down * far);
        if (one?.dataset?.region && map.contains(one)) return one.dataset.region;
      }
    }
    return "";
  };

  const named = (code) => blank.content.querySelector(`option[value="${code}"]`)?.textContent ?? "";

  map.querySelectorAll(".body-draw svg").forEach((svg) => {
    svg.addEventListener("click", (event) => {
      const code = near(event);
      if (code) mark(code);
    });
    svg.addEventListener("pointerover", (event) => {
      hint.textContent = event.target.dataset.region ? named(event.target.dataset.region) : "";
    });
  });

  const show = (view) => {
    map.querySelectorAll("[data-view]").forEach((button) => {
      button.setAttribute("aria-pressed", String(button.dataset.view === view));
    });
    map.querySelectorAll("[data-figure]").forEach((one) => {
      one.classList.toggle("is-shown", one.dataset.figure === view);
    });
    draw();
  };

  map.addEventListener("click", (event) => {
    const view = event.target.closest("[data-view]");
    if (view) show(view.dataset.view);
    const away = event.target.closest("[data-remove]");
    if (away) {
      event.preventDefault();
      const row = away.closest("[data-mark]");
      const before = row.previousElementSibling;
      row.remove();
      const left = rows().length ? null : newRow();
      number();
      draw();
      list.dispatchEvent(new Event("input", { bubbles: true }));
      field(left || before || rows()[0], "region").focus();
    }
    if (event.target.closest("[data-add]")) {
      event.preventDefault();
      const row = newRow();
      if (row) field(row, "region").focus();
    }
  });
  // So that Enter in a text sends the signal, and does not add a row.
  map.querySelectorAll("[data-add], [data-remove]").forEach((one) => { one.type = "button"; });
  blank.content.querySelectorAll("[data-remove]").forEach((one) => { one.type = "button"; });
  map.addEventListener("change", draw);
  map.addEventListener("toggle", draw);
  window.addEventListener("resize", draw);
  show("front");
})();
