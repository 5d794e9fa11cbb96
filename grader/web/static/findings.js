// What a preview found: one line above the picture, the list below it, and problems for the editor.

import { words } from "./words.js";

/** The language in which findings are told, whatever the page's is. */
const TOLD_IN = "en";
const SIGNS = { passed: "✓", partial: "◐", failed: "✗", inconclusive: "?", informative: "i", skipped: "–" };
const SEVERITIES = { failed: "error", partial: "warning", inconclusive: "warning", informative: "info" };

/** The findings that belong to a line, as the editor marks them. */
export function problemsOf(result) {
  return result.findings
    .filter((finding) => finding.line && finding.status in SEVERITIES)
    .map(({ line, status, message }) => ({ line, message, lang: TOLD_IN, severity: SEVERITIES[status] }));
}

/** The finding that is said first: what is wrong, else what is in doubt, else what was learnt. */
export function foremost(result) {
  for (const status of ["failed", "partial", "inconclusive", "informative"]) {
    const found = result.findings.filter((finding) => finding.status === status);
    if (found.length) return found[0];
  }
  return result.findings.at(-1) ?? null;
}

/** Puts the finding that matters most into `line`. */
export function headline(line, result) {
  const finding = foremost(result);
  if (!finding) return line.replaceChildren();
  const place = placeOf(finding);
  const message = made("span", "message", place && `${place}: `);
  message.append(told("span", finding.message));
  const shown = line.querySelector(".message")?.textContent;
  // It is read aloud whenever it is put there: not again after each edit that changes nothing of it.
  if (line.dataset.status === finding.status && shown === message.textContent) return;
  line.dataset.status = finding.status;
  line.replaceChildren(sign(finding), message);
}

/** Fills `list` with all findings, and `printed` with what the program printed. */
export function listFindings(list, printed, result) {
  list.replaceChildren(...result.findings.map(item));
  printed.parentElement.hidden = !result.printed.text;
  printed.textContent = result.printed.text + (result.printed.truncated ? "\n…" : "");
}

function item(finding) {
  const row = made("li", `finding finding-${finding.status}`);
  const body = document.createElement("div");
  const head = made("p", "finding-head");
  head.append(told("b", finding.check), " ", made("span", "finding-status", words(finding.status)));
  const message = made("p", "message");
  message.append(told("span", finding.message));
  const place = placeOf(finding);
  if (place) message.append(` ${place}.`);
  body.append(head, message);
  if (typeof finding.evidence.excerpt === "string") {
    const excerpt = made("pre", "code excerpt", finding.evidence.excerpt);
    excerpt.tabIndex = 0;
    body.append(excerpt);
  }
  row.append(sign(finding), body);
  return row;
}

/** The line, unless the message says it. */
function placeOf({ line, message }) {
  if (!line || new RegExp(`\\bline ${line}\\b`).test(message)) return "";
  return words("line", { line });
}

function sign(finding) {
  const element = made("span", "sign", SIGNS[finding.status] ?? "");
  element.setAttribute("aria-hidden", "true");
  return element;
}

function told(tag, text) {
  return Object.assign(made(tag, "", text), { lang: TOLD_IN });
}

function made(tag, name, text = "") {
  const element = document.createElement(tag);
  if (name) element.className = name;
  element.textContent = text;
  return element;
}
