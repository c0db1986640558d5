/**
 * @typedef {"severity" | "status" | "resource" | "type" | "rule" | "since" | "seen"} SortKey
 * @typedef {{key: SortKey, descending: boolean}} Order
 */

/**
 * Sort all results: the numbers of the rows in the order. Equal ones keep the order in which they came.
 * @param {Facts} facts
 * @param {Row[]} rows
 * @param {Order} order
 * @returns {Uint32Array}
 */
function sorted(facts, rows, order) {
  const values = sortValues(facts, rows, order.key);
  const sign = order.descending ? -1 : 1;
  return Uint32Array.from(rows.keys()).sort((one, other) => {
    const [a, b] = [values[one], values[other]];
    return a < b ? -sign : a > b ? sign : one - other;
  });
}

/**
 * @param {Facts} facts
 * @param {Row[]} rows
 * @param {SortKey} key
 * @returns {(number | string)[]}
 */
function sortValues(facts, rows, key) {
  const types = ranks(facts.types);
  const rules = ranks(facts.rules.map((rule) => rule.short));
  const severities = facts.rules.map((rule) => SEVERITIES.indexOf(rule.severity));
  /** @type {Record<SortKey, (row: Row) => number | string>} */
  const value = {
    severity: (row) => severities[row[RULE]],
    status: (row) => row[STATUS],
    resource: (row) => (row[NAME] ?? row[ID]).toLowerCase(),
    type: (row) => types[row[TYPE]],
    rule: (row) => rules[row[RULE]],
    since: (row) => row[SINCE],
    seen: (row) => row[LAST_SEEN],
  };
  return rows.map(value[key]);
}

/**
 * Tell for each text at which place of their order it stands.
 * @param {string[]} texts
 * @returns {number[]}
 */
function ranks(texts) {
  const order = [...new Set(texts)].sort((one, other) => one.localeCompare(other));
  const places = new Map(order.map((text, place) => [text, place]));
  return texts.map((text) => places.get(text) ?? 0);
}
