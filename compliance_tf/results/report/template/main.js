/** Bring the page to life. */
async function start() {
  bindTheme();
  element("print").addEventListener("click", () => print());
  element("controls").hidden = false;
  const facts = readFacts();
  const rows = await readRows();
  const filters = new Filters(facts, rows);
  for (const id of ["filters", "scroller"]) element(id).hidden = false;
  const table = new ResultsTable(facts, rows, filters);
  table.update();
  bindFilters(filters, table);
}

/**
 * @param {Filters} filters
 * @param {ResultsTable} table
 */
function bindFilters(filters, table) {
  let waiting = 0;
  // Typing goes on while the table waits for the next frame.
  const update = () => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(() => table.update());
  };
  filters.form.addEventListener("input", update);
  filters.form.addEventListener("reset", update);
  element("csv").addEventListener("click", () => saveCsv(table.facts, [...table.found].map((number) => table.rows[number])));
  for (const button of document.querySelectorAll("[data-control]")) {
    button.addEventListener("click", () => {
      filters.chooseControl(/** @type {HTMLElement} */ (button).dataset.control ?? "");
      table.update();
      element("results").focus();
    });
  }
  filters.form.addEventListener("submit", (event) => event.preventDefault());
  for (const button of document.querySelectorAll(".heat button")) {
    button.addEventListener("click", () => {
      const { rule, type } = /** @type {HTMLElement} */ (button).dataset;
      filters.choose(rule ?? "", type ?? "");
      table.update();
      element("results").focus();
    });
  }
}

start().catch((error) => {
  element("found").textContent = `The results cannot be shown: ${error}`;
  throw error;
});
