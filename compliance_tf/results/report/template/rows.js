/**
 * @typedef {{name: string, short: string, severity: string, packs: string[], controls: string[], identifier: string | null,
 *   description: string, remediation: string, page: string | null}} Rule
 * @typedef {{ticket: string, owner: string, reason: string, resource: string, expires: string}} Waiver
 * @typedef {{rows: number, statuses: string[], types: string[], regions: {name: string, timeline: string | null}[],
 *   accounts: {number: string, name: string | null}[], rules: Rule[], waivers: Waiver[]}} Facts
 *
 * A result as it is packed: type, region, account, resource id, rule, status, reason, since, last seen, waiver, name, ARN.
 * Numbers that are not times are indices into `Facts`; times are seconds since 1970.
 * @typedef {[number, number, number, string, number, number, string | null, number, number, number | null,
 *   string | null, string | null]} Row
 */

const TYPE = 0;
const REGION = 1;
const ACCOUNT = 2;
const ID = 3;
const RULE = 4;
const STATUS = 5;
const REASON = 6;
const SINCE = 7;
const LAST_SEEN = 8;
const WAIVER = 9;
const NAME = 10;
const ARN = 11;

const SEVERITIES = ["CRITICAL", "HIGH", "MEDIUM", "LOW"];

/**
 * Find an element that the page has.
 * @param {string} id
 * @returns {HTMLElement}
 */
function element(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no element ${id}`);
  return found;
}

/** @returns {Facts} */
function readFacts() {
  return JSON.parse(element("facts").textContent ?? "");
}

/**
 * Unpack the results: base64 of gzip of lines, each a list of rows.
 * @returns {Promise<Row[]>}
 */
async function readRows() {
  const source = element("data");
  const packed = source.textContent ?? "";
  source.remove();
  // A whole number of base64's groups, so that every piece can be decoded by itself.
  const size = 4 << 16;
  const pieces = [];
  for (let start = 0; start < packed.length; start += size) {
    const piece = atob(packed.slice(start, start + size));
    pieces.push(Uint8Array.from(piece, (character) => character.charCodeAt(0)));
  }
  const text = new Blob(pieces).stream().pipeThrough(new DecompressionStream("gzip")).pipeThrough(new TextDecoderStream());
  /** @type {Row[]} */
  const rows = [];
  let rest = "";
  const reader = text.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const lines = (rest + part.value).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) for (const row of JSON.parse(line)) rows.push(row);
  }
  return rows;
}

/**
 * Write a time as people read it, in UTC.
 * @param {number} seconds
 * @returns {string}
 */
function time(seconds) {
  return new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ");
}

/**
 * Write the day of a time, in UTC.
 * @param {number} seconds
 * @returns {string}
 */
function day(seconds) {
  return time(seconds).slice(0, 10);
}

/**
 * Write an account as people know it.
 * @param {Facts} facts
 * @param {number} number its place among the accounts
 * @returns {string}
 */
function account(facts, number) {
  const { number: digits, name } = facts.accounts[number];
  return name ? `${name} (${digits})` : digits;
}

/**
 * Leave out what all types begin with.
 * @param {string} name
 * @returns {string}
 */
function shortType(name) {
  return name.replace(/^AWS:+/, "");
}

/**
 * The address of the resource's timeline in AWS Config, where there is one.
 * @param {Facts} facts
 * @param {Row} row
 * @returns {string | null}
 */
function timeline(facts, row) {
  const base = facts.regions[row[REGION]].timeline;
  const [type, id] = [facts.types[row[TYPE]], row[ID]].map(encodeURIComponent);
  return base && `${base}resourceId=${id}&resourceType=${type}`;
}
