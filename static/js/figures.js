// Draws the charts of a page out of its tables. Without it the tables say all there is to say.
(() => {
  "use strict";
  const tables = document.querySelectorAll("table[data-chart]");
  if (!window.Chart || !tables.length) return;

  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const text = (cell) => cell.textContent.replace(/\s+/g, " ").trim();
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;

  // A series is told by its colour and by its pattern: full, striped, empty with a dark edge.
  const striped = (colour) => {
    const tile = document.createElement("canvas");
    tile.width = tile.height = 8;
    const pen = tile.getContext("2d");
    pen.fillStyle = token("--surface");
    pen.fillRect(0, 0, 8, 8);
    pen.strokeStyle = colour;
    pen.lineWidth = 2.5;
    pen.beginPath();
    for (const at of [-8, 0, 8]) {
      pen.moveTo(at, 8);
      pen.lineTo(at + 8, 0);
    }
    pen.stroke();
    return pen.createPattern(tile, "repeat");
  };
  const styles = () => [
    { colour: token("--brand"), fill: token("--brand"), dash: [], point: "circle" },
    { colour: token("--concern"), fill: striped(token("--concern")), dash: [6, 4], point: "rect" },
    { colour: token("--ink"), fill: token("--surface"), dash: [2, 3], point: "triangle" },
  ];

  const read = (table) => {
    const heads = [...table.tHead.rows[0].cells];
    const rows = [...table.tBodies[0].rows].filter((row) => !row.classList.contains("is-within"));
    const looks = styles();
    const drawn = heads.map((head, n) => [head, n]).filter(([head]) => "drawn" in head.dataset);
    return {
      labels: rows.map((row) => text(row.cells[0])),
      datasets: drawn.map(([head, n], series) => ({
        label: text(head),
        data: rows.map((row) => ("value" in row.cells[n].dataset ? Number(row.cells[n].dataset.value) : null)),
        borderColor: looks[series].colour,
        backgroundColor: looks[series].fill,
        borderDash: table.dataset.chart === "line" ? looks[series].dash : [],
        borderWidth: 2,
        pointStyle: looks[series].point,
        pointRadius: 3,
        maxBarThickness: 26,
      })),
    };
  };

  // "Talk with pupil and parents" in lines of some twenty signs.
  const folded = (label) =>
    label.split(" ").reduce((lines, word) => {
      const last = lines[lines.length - 1];
      if (last && `${last} ${word}`.length <= 22) lines[lines.length - 1] = `${last} ${word}`;
      else lines.push(word);
      return lines;
    }, []);

  const draw = (table) => {
    const data = read(table);
    const line = table.dataset.chart === "line";
    const place = document.getElementById(table.dataset.into);
    if (!data.datasets.some((set) => set.data.some((value) => value))) return;
    place.hidden = false;
    if (!line) {
      const bars = data.labels.length * data.datasets.length;
      place.style.height = `${90 + data.labels.length * 18 + bars * 18}px`;
      data.labels = data.labels.map(folded);
    }
    const canvas = document.createElement("canvas");
    canvas.setAttribute("aria-hidden", "true"); // the table stands beside it
    place.replaceChildren(canvas);
    const ink = token("--ink");
    const numbers = {
      beginAtZero: true,
      ticks: { color: ink, precision: 0 },
      grid: { color: token("--line") },
    };
    const names = { ticks: { color: ink, autoSkip: line, maxRotation: 60 }, grid: { display: false } };
    new window.Chart(canvas, {
      type: line ? "line" : "bar",
      data,
      options: {
        animation: still ? false : { duration: 400 },
        indexAxis: line ? "x" : "y",
        maintainAspectRatio: false,
        locale: document.documentElement.lang,
        scales: line ? { x: names, y: numbers } : { x: numbers, y: names },
        plugins: { legend: { labels: { color: ink, usePointStyle: line } } },
      },
    });
  };

  const all = () =>
    tables.forEach((table) => {
      const old = document.getElementById(table.dataset.into).querySelector("canvas");
      if (old) window.Chart.getChart(old)?.destroy();
      draw(table);
    });
  all();
  // Other colours: drawn anew.
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", all);
  new MutationObserver(all).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
})();
