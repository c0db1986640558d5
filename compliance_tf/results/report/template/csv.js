/**
 * Write a cell that no spreadsheet takes for a formula, in quotes.
 * @param {string} text
 * @returns {string}
 */
function csvCell(text) {
  const begins = text.normalize("NFKC").replace(/^[\s"'`]+/, "").charAt(0);
  const safe = "=+-@|%".includes(begins) && begins ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}

/**
 * Offer the results that the filters leave as a file.
 * @param {Facts} facts
 * @param {Row[]} rows
 */
function saveCsv(facts, rows) {
  const heading = ["severity", "status", "resource", "resource_name", "resource_arn", "type", "account", "account_name", "region", "rule", "reason", "first_seen", "last_seen", "waiver", "waiver_expires", "rule_page"];
  const lines = rows.map((row) => {
    const rule = facts.rules[row[RULE]];
    const waiver = row[WAIVER] === null ? null : facts.waivers[row[WAIVER]];
    const { number, name } = facts.accounts[row[ACCOUNT]];
    const names = [row[NAME] ?? "", row[ARN] ?? ""];
    const place = [facts.types[row[TYPE]], number, name ?? "", facts.regions[row[REGION]].name];
    const said = [rule.short, row[REASON] ?? "", `${time(row[SINCE])} UTC`, `${time(row[LAST_SEEN])} UTC`];
    const more = [waiver?.ticket ?? "", waiver?.expires ?? "", rule.page ?? ""];
    return [rule.severity, facts.statuses[row[STATUS]], row[ID], ...names, ...place, ...said, ...more];
  });
  const text = [heading, ...lines].map((cells) => cells.map(csvCell).join(",")).join("\r\n");
  const address = URL.createObjectURL(new Blob([text, "\r\n"], { type: "text/csv;charset=utf-8" }));
  const made = document.createElement("a");
  made.href = address;
  made.download = `${document.title.replace(/[^\w.-]+/g, "-")}.csv`;
  made.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
