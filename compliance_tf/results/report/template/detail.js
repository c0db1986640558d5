/**
 * Make an element. Texts become text, never markup.
 * @param {string} name
 * @param {string} className
 * @param {...(Node | string)} children
 * @returns {HTMLElement}
 */
function make(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

/**
 * A link to the console, which opens beside the report.
 * @param {string} address
 * @param {string} text
 * @returns {HTMLAnchorElement}
 */
function link(address, text) {
  const made = document.createElement("a");
  made.href = address;
  made.target = "_blank";
  made.rel = "noreferrer";
  made.append(text);
  return made;
}

/**
 * Show everything about one result.
 * @param {Facts} facts
 * @param {Row} row
 */
function showDetail(facts, row) {
  const dialog = /** @type {HTMLDialogElement} */ (element("detail"));
  const rule = facts.rules[row[RULE]];
  const heading = make("h2", "", row[NAME] ?? row[ID]);
  heading.id = "detail-heading";
  const close = make("button", "close", "Close");
  close.addEventListener("click", () => dialog.close());
  const list = make("dl", "facts");
  for (const [name, ...values] of detailFacts(facts, row, rule)) {
    list.append(make("dt", "", name), ...values.map((value) => make("dd", "", value)));
  }
  const verdict = make("p", "verdict", statusMark(facts, row), severityMark(rule));
  dialog.replaceChildren(make("div", "dialog-head", heading, close), verdict, list);
  dialog.showModal();
}

/**
 * @param {Facts} facts
 * @param {Row} row
 * @param {Rule} rule
 * @returns {[string, ...(Node | string)[]][]}
 */
function detailFacts(facts, row, rule) {
  const waiver = row[WAIVER] === null ? null : facts.waivers[row[WAIVER]];
  const address = timeline(facts, row);
  /** @type {[string, ...(Node | string)[]][]} */
  const all = [
    ["Reason", row[REASON] ?? "The rule gives none."],
    ["Rule", rule.name],
    ["Evaluated by", rule.identifier ?? "A Guard policy"],
    ["What it asks", rule.description],
    ["How to fix it", rule.remediation, ...(rule.page ? [link(rule.page, "AWS's page of the rule")] : [])],
    ["Packs", ...(rule.packs.length ? rule.packs : ["None"])],
    ["Controls", ...(rule.controls.length ? rule.controls : ["None are known."])],
    ["Resource type", facts.types[row[TYPE]]],
    ["Id", row[ID]],
    ...(row[ARN] === null ? [] : [/** @type {[string, string]} */ (["ARN", row[ARN]])]),
    ["Region", facts.regions[row[REGION]].name],
    ["Account", account(facts, row[ACCOUNT])],
    ["First seen", `${time(row[SINCE])} UTC`],
    ["Last seen", `${time(row[LAST_SEEN])} UTC`],
  ];
  if (waiver) {
    all.push(
      ["Waiver", `${waiver.ticket}, until ${waiver.expires}`],
      ["Waived by", waiver.owner],
      ["Waived because", waiver.reason],
      ["Waived for", waiver.resource],
    );
  }
  if (address) all.push(["AWS console", link(address, "Timeline in AWS Config")]);
  return all;
}

/**
 * @param {Rule} rule
 * @returns {HTMLElement}
 */
function severityMark(rule) {
  const name = rule.severity.toLowerCase();
  return make("span", `severity ${name}`, capitalized(name));
}

/**
 * @param {Facts} facts
 * @param {Row} row
 * @returns {HTMLElement}
 */
function statusMark(facts, row) {
  const name = facts.statuses[row[STATUS]];
  return make("span", `status ${name}`, capitalized(name));
}
