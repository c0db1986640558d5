/**
 * What is searched: each of the words, and of the others the number of an entry of `Facts`, or a name, or all.
 * @typedef {{words: string[], status: number | null, severity: string, pack: string, type: number | null,
 *   rule: number | null, control: string, account: number | null, region: number | null}} Filter
 */

/** Decides which rows are shown. The text of a row is made when it is first searched, and kept. */
class Filters {
  /**
   * @param {Facts} facts
   * @param {Row[]} rows
   */
  constructor(facts, rows) {
    this.facts = facts;
    this.rows = rows;
    /** @type {string[]} */
    this.texts = [];
    this.form = /** @type {HTMLFormElement} */ (element("filters"));
    this.fill();
  }

  /** Offer what there is to choose from. */
  fill() {
    const { statuses, types, rules, accounts, regions } = this.facts;
    const packs = [...new Set(rules.flatMap((rule) => rule.packs))].sort();
    this.options("status", statuses.map((name, number) => [`${number}`, capitalized(name)]));
    this.options("severity", SEVERITIES.map((name) => [name, capitalized(name.toLowerCase())]));
    this.options("pack", packs.map((name) => [name, name]));
    const controls = [...new Set(rules.flatMap(controlsOf))].sort((one, other) => one.localeCompare(other, "en", { numeric: true }));
    this.options("control", controls.map((name) => [name, name]));
    this.options("account", byName(accounts.map((_, number) => [`${number}`, account(this.facts, number)])));
    this.options("region", byName(regions.map(({ name }, number) => [`${number}`, name])));
    this.options("type", byName(types.map((name, number) => [`${number}`, shortType(name)])));
    this.options("rule", byName(rules.map((rule, number) => [`${number}`, rule.short])));
    // What is wrong is what people come for.
    this.select("status").options[1].defaultSelected = true;
    this.form.reset();
  }

  /**
   * @param {string} name
   * @param {string[][]} choices values and names
   */
  options(name, choices) {
    this.select(name).replaceChildren(new Option("All", ""), ...choices.map(([value, text]) => new Option(text, value)));
  }

  /**
   * @param {string} name
   * @returns {HTMLSelectElement}
   */
  select(name) {
    return /** @type {HTMLSelectElement} */ (this.form.elements.namedItem(name));
  }

  /**
   * Show the violations of one rule and resource type, and nothing else.
   * @param {string} rule
   * @param {string} type
   */
  choose(rule, type) {
    this.form.reset();
    this.select("rule").value = rule;
    this.select("type").value = type;
  }

  /**
   * Show all results that map to a control.
   * @param {string} control as in `Rule`, a framework's title and an id
   */
  chooseControl(control) {
    this.form.reset();
    this.select("status").value = "";
    this.select("control").value = control;
  }

  /** @returns {Filter} */
  read() {
    const chosen = new FormData(this.form);
    const text = (/** @type {string} */ name) => String(chosen.get(name) ?? "");
    const number = (/** @type {string} */ name) => (text(name) === "" ? null : Number(text(name)));
    return {
      words: text("text").toLowerCase().split(/\s+/).filter(Boolean),
      status: number("status"),
      severity: text("severity"),
      pack: text("pack"),
      type: number("type"),
      rule: number("rule"),
      control: text("control"),
      account: number("account"),
      region: number("region"),
    };
  }

  /**
   * Choose among rows, in the order in which they are given.
   * @param {Uint32Array} order
   * @returns {Uint32Array}
   */
  apply(order) {
    const filter = this.read();
    const controls = this.facts.rules.map(controlsOf);
    const rules = this.facts.rules.map(
      (rule, number) =>
        (filter.rule === null || number === filter.rule) &&
        (!filter.severity || rule.severity === filter.severity) &&
        (!filter.control || controls[number].includes(filter.control)) &&
        (!filter.pack || rule.packs.includes(filter.pack)),
    );
    return order.filter((number) => {
      const row = this.rows[number];
      return (
        rules[row[RULE]] &&
        (filter.status === null || row[STATUS] === filter.status) &&
        (filter.account === null || row[ACCOUNT] === filter.account) &&
        (filter.region === null || row[REGION] === filter.region) &&
        (filter.type === null || row[TYPE] === filter.type) &&
        (filter.words.length === 0 || this.holds(number, filter.words))
      );
    });
  }

  /**
   * @param {number} number
   * @param {string[]} words
   * @returns {boolean}
   */
  holds(number, words) {
    const text = (this.texts[number] ??= this.text(this.rows[number]));
    return words.every((word) => text.includes(word));
  }

  /**
   * @param {Row} row
   * @returns {string}
   */
  text(row) {
    const { types, regions, rules, waivers } = this.facts;
    const rule = rules[row[RULE]];
    const waiver = row[WAIVER] === null ? null : waivers[row[WAIVER]];
    const texts = [row[ID], row[NAME] ?? "", row[ARN] ?? "", rule.name, row[REASON] ?? "", types[row[TYPE]], regions[row[REGION]].name];
    texts.push(account(this.facts, row[ACCOUNT]), ...rule.controls);
    if (waiver) texts.push(waiver.ticket, waiver.owner);
    return texts.join("\n").toLowerCase();
  }
}

/**
 * @param {string} text
 * @returns {string}
 */
function capitalized(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/**
 * @param {string[][]} choices values and names
 * @returns {string[][]}
 */
function byName(choices) {
  return choices.sort(([, one], [, other]) => one.localeCompare(other));
}

/**
 * Take a rule's controls apart: a line has a framework's title and the ids of its controls.
 * @param {Rule} rule
 * @returns {string[]}
 */
function controlsOf(rule) {
  return rule.controls.flatMap((line) => {
    const end = line.lastIndexOf(": ");
    return line.slice(end + 2).split(", ").map((id) => `${line.slice(0, end)}: ${id}`);
  });
}
