"use strict";
(() => {
  const body = document.querySelector("#reports tbody");
  const rows = [...body.rows];
  const search = document.getElementById("search");
  const grade = document.getElementById("grade");
  const colour = document.getElementById("colour");
  const count = document.getElementById("count");
  const filter = () => {
    const words = search.value.trim().toLowerCase();
    let shown = 0;
    for (const row of rows) {
      const hit = (!words || row.textContent.toLowerCase().includes(words))
        && (!grade.value || row.dataset.grade === grade.value)
        && (!colour.value || row.dataset.colour === colour.value);
      row.hidden = !hit;
      if (hit) shown += 1;
    }
    count.textContent = `${shown} / ${rows.length}`;
  };
  for (const control of [search, grade, colour]) control.addEventListener("input", filter);
  const value = (row, column) => {
    const cell = row.cells[column];
    if (!("value" in cell.dataset)) return cell.textContent;
    return cell.dataset.value === "" ? null : Number(cell.dataset.value);
  };
  document.querySelectorAll("#reports thead button").forEach((button, column) => {
    button.addEventListener("click", () => {
      const head = button.parentElement;
      const up = head.getAttribute("aria-sort") !== "ascending";
      document.querySelectorAll("#reports thead th").forEach((th) => th.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const sorted = [...rows].sort((a, b) => {
        const left = value(a, column), right = value(b, column);
        if (left === null || right === null) return (left === null) - (right === null);
        const order = typeof left === "number" ? left - right : left.localeCompare(right, "zh");
        return up ? order : -order;
      });
      body.append(...sorted);
    });
  });
  filter();
})();
