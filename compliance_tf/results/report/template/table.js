/**
 * @typedef {{title: string, key: SortKey | null, className: string, cell: (row: Row) => Node | string}} Column
 */

/** Rows that are drawn beyond what is seen, so that scrolling shows no gap. */
const BEYOND = 12;

/** A browser does not draw elements higher than about 17 million pixels (Firefox): further rows need a filter. */
const MAX_SHOWN = 400_000;

const MAX_PRINTED = 500;

/**
 * A resource by its name, with its id behind it; by its id where it has no name.
 * @param {Row} row
 * @returns {Node}
 */
function resourceCell(row) {
  const made = make("button", "row-open", row[NAME] ?? row[ID]);
  if (row[NAME] === null) return made;
  const both = document.createDocumentFragment();
  both.append(made, make("span", "muted", ` ${row[ID]}`));
  return both;
}

/** The table of results. Only the rows that are seen are in the document; the page's keys move one active row. */
class ResultsTable {
  /**
   * @param {Facts} facts
   * @param {Row[]} rows
   * @param {Filters} filters
   */
  constructor(facts, rows, filters) {
    this.facts = facts;
    this.rows = rows;
    this.filters = filters;
    /** @type {Order} */
    this.order = { key: "severity", descending: false };
    this.sorted = sorted(facts, rows, this.order);
    this.shown = this.sorted;
    this.found = this.sorted;
    this.active = 0;
    this.printing = false;
    this.rowHeight = 0;
    this.scroller = element("scroller");
    this.body = element("rows");
    this.columns = this.makeColumns();
    this.above = element("above");
    this.below = element("below");
    this.drawHead();
    this.listen();
  }

  /** @returns {Column[]} */
  makeColumns() {
    const { facts } = this;
    return [
      { title: "Severity", key: "severity", className: "c-severity", cell: (row) => severityMark(facts.rules[row[RULE]]) },
      { title: "Status", key: "status", className: "c-status", cell: (row) => statusMark(facts, row) },
      { title: "Resource", key: "resource", className: "c-resource", cell: (row) => resourceCell(row) },
      { title: "Type", key: "type", className: "c-type", cell: (row) => shortType(facts.types[row[TYPE]]) },
      { title: "Rule", key: "rule", className: "c-rule", cell: (row) => facts.rules[row[RULE]].short },
      { title: "Reason", key: null, className: "c-reason", cell: (row) => row[REASON] ?? "" },
      { title: "First seen", key: "since", className: "c-time", cell: (row) => day(row[SINCE]) },
      { title: "Last seen", key: "seen", className: "c-time", cell: (row) => day(row[LAST_SEEN]) },
      { title: "Console", key: null, className: "c-link", cell: (row) => this.consoleCell(row) },
    ];
  }

  /**
   * @param {Row} row
   * @returns {Node | string}
   */
  consoleCell(row) {
    const address = timeline(this.facts, row);
    if (!address) return "";
    const made = link(address, "Open");
    made.setAttribute("aria-label", `Open the timeline of ${row[ID]} in AWS Config`);
    return made;
  }

  /** Paper takes no buttons: a browser leaves them out where it repeats the head on the next page. */
  drawHead() {
    const cells = this.columns.map(({ title, key, className }) => {
      const cell = make("th", className);
      cell.setAttribute("scope", "col");
      if (key === null || this.printing) {
        cell.append(title);
        return cell;
      }
      const button = make("button", "sort", title);
      button.addEventListener("click", () => this.sortBy(key));
      cell.append(button);
      cell.dataset.key = key;
      return cell;
    });
    element("head").replaceChildren(...cells);
    this.markOrder();
  }

  markOrder() {
    for (const cell of element("head").querySelectorAll("th[data-key]")) {
      const isKey = /** @type {HTMLElement} */ (cell).dataset.key === this.order.key;
      if (isKey) cell.setAttribute("aria-sort", this.order.descending ? "descending" : "ascending");
      else cell.removeAttribute("aria-sort");
    }
  }

  listen() {
    this.scroller.addEventListener("scroll", () => this.draw(), { passive: true });
    new ResizeObserver(() => this.measure()).observe(this.scroller);
    this.scroller.addEventListener("keydown", (event) => this.onKey(event));
    this.body.addEventListener("click", (event) => {
      const target = /** @type {HTMLElement} */ (event.target);
      const place = Number(target.closest("tr")?.dataset.place);
      if (target.closest("a") || Number.isNaN(place)) return;
      this.activate(place);
      showDetail(this.facts, this.row(place));
    });
    addEventListener("beforeprint", () => this.print(true));
    addEventListener("afterprint", () => this.print(false));
  }

  /**
   * @param {SortKey} key
   */
  sortBy(key) {
    const descending = this.order.key === key && !this.order.descending;
    this.order = { key, descending };
    this.sorted = sorted(this.facts, this.rows, this.order);
    this.markOrder();
    this.update();
  }

  /** Show what the filters leave, from the top. */
  update() {
    const found = this.filters.apply(this.sorted);
    this.found = found;
    this.shown = found.subarray(0, MAX_SHOWN);
    this.active = 0;
    const all = this.rows.length.toLocaleString("en");
    const cut = found.length > MAX_SHOWN ? `; the first ${MAX_SHOWN.toLocaleString("en")} are shown` : "";
    element("found").textContent = `${found.length.toLocaleString("en")} of ${all} results${cut}`;
    element("table").setAttribute("aria-rowcount", `${this.shown.length + 1}`);
    this.scroller.scrollTop = 0;
    this.measure();
  }

  /** Take the height of a row from one, as it depends on the reader's font size. */
  measure() {
    if (this.printing) return;
    if (this.shown.length && !this.body.firstElementChild) this.body.append(this.drawRow(0));
    this.rowHeight = this.body.firstElementChild?.getBoundingClientRect().height || this.rowHeight;
    this.draw();
  }

  draw() {
    if (this.printing) return;
    const height = this.rowHeight || 1;
    const first = Math.max(0, Math.floor(this.scroller.scrollTop / height) - BEYOND);
    const seen = Math.ceil(this.scroller.clientHeight / height) + 2 * BEYOND;
    const last = Math.min(this.shown.length, first + seen);
    this.fill(first, last);
    this.above.style.height = `${first * height}px`;
    this.below.style.height = `${(this.shown.length - last) * height}px`;
  }

  /**
   * Put some rows into the document; the focus stays where it was, or goes to the table when its row has left.
   * @param {number} first
   * @param {number} last the place after the last
   */
  fill(first, last) {
    const focused = this.body.contains(document.activeElement) ? document.activeElement : null;
    const focusedPlace = Number(focused?.closest("tr")?.dataset.place ?? NaN);
    const isLink = focused instanceof HTMLAnchorElement;
    const places = Array.from({ length: Math.max(0, last - first) }, (_, index) => first + index);
    this.body.replaceChildren(...places.map((place) => this.drawRow(place)));
    if (!focused) return;
    const row = this.body.querySelector(`tr[data-place="${focusedPlace}"]`);
    const again = row?.querySelector(isLink ? "a" : "button") ?? this.scroller;
    /** @type {HTMLElement} */ (again).focus({ preventScroll: true });
  }

  /**
   * @param {number} place
   * @returns {Row}
   */
  row(place) {
    return this.rows[this.shown[place]];
  }

  /**
   * @param {number} place
   * @returns {HTMLElement}
   */
  drawRow(place) {
    const row = this.row(place);
    const cells = this.columns.map(({ title, className, cell }) => {
      const drawn = make("td", className, cell(row));
      drawn.dataset.label = title;
      // Said, because a phone's style makes a list of the table, and browsers forget then that it is one.
      drawn.setAttribute("role", "cell");
      return drawn;
    });
    const made = make("tr", "", ...cells);
    made.setAttribute("role", "row");
    made.dataset.place = `${place}`;
    made.setAttribute("aria-rowindex", `${place + 2}`);
    for (const target of made.querySelectorAll("button, a")) {
      /** @type {HTMLElement} */ (target).tabIndex = place === this.active ? 0 : -1;
    }
    for (const cell of cells) if (cell.textContent) cell.title = cell.textContent;
    return made;
  }

  /**
   * @param {KeyboardEvent} event
   */
  onKey(event) {
    if (!this.body.contains(document.activeElement) || !this.shown.length) return;
    const page = Math.max(1, Math.floor(this.scroller.clientHeight / this.rowHeight) - 2);
    const steps = new Map([
      ["ArrowDown", this.active + 1],
      ["ArrowUp", this.active - 1],
      ["PageDown", this.active + page],
      ["PageUp", this.active - page],
      ["Home", 0],
      ["End", this.shown.length - 1],
    ]);
    const place = steps.get(event.key);
    if (place === undefined) return;
    event.preventDefault();
    this.activate(Math.min(this.shown.length - 1, Math.max(0, place)));
  }

  /**
   * Make a row the one that the keys are on, and bring it into view.
   * @param {number} place
   */
  activate(place) {
    this.active = place;
    const head = element("head").getBoundingClientRect().height;
    const top = place * this.rowHeight;
    const view = this.scroller.clientHeight - head - this.rowHeight;
    if (top < this.scroller.scrollTop) this.scroller.scrollTop = top;
    else if (top > this.scroller.scrollTop + view) this.scroller.scrollTop = top - view;
    this.draw();
    const button = this.body.querySelector(`tr[data-place="${place}"] button`);
    /** @type {HTMLElement | null} */ (button)?.focus({ preventScroll: true });
  }

  /**
   * Paper does not scroll: the first rows are printed, and a note says how many there are.
   * @param {boolean} isPrinting
   */
  print(isPrinting) {
    this.printing = isPrinting;
    this.drawHead();
    const note = element("print-note");
    note.hidden = !isPrinting || this.shown.length <= MAX_PRINTED;
    if (!isPrinting) {
      this.draw();
      return;
    }
    const printed = Math.min(MAX_PRINTED, this.shown.length);
    note.textContent =
      `Printed are the first ${printed.toLocaleString("en")} of the ${this.shown.length.toLocaleString("en")} results ` +
      "that the filters leave; the HTML file has all of them.";
    this.fill(0, printed);
    for (const space of [this.above, this.below]) space.style.height = "0";
  }
}
