// The editor: indents, keeps drafts, runs the code and shows the report beside it.

import { addCopyButtons, follow } from "./submission.js";

const form = document.querySelector("#editor");
const source = form.querySelector("#source");
const student = form.querySelector("#student");
const status = document.querySelector("#status");
const result = document.querySelector("#result");
const starter = document.querySelector("#starter").content.textContent;
const draftKey = `pushforward.draft.${form.dataset.exercise}`;
const INDENT = "    ";

/* Drafts ------------------------------------------------------------------------------------ */

// Storage can be forbidden or full: then there is no draft, and the editor works all the same.
function recall(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function keep(key, text) {
  try {
    if (text === null) localStorage.removeItem(key);
    else localStorage.setItem(key, text);
    return true;
  } catch {
    return false;
  }
}

function keepDraft() {
  const kept = keep(draftKey, source.value === starter ? null : source.value);
  document.querySelector("#draft-note").textContent = kept ? "Your draft is kept in this browser." : "";
}

const draft = recall(draftKey);
// What the address asks for is shown; the draft is kept until something is typed.
if (draft !== null && !("begun" in form.dataset)) source.value = draft;
source.addEventListener("input", keepDraft);

/** Puts another program into the editor, as an edit, so that undo brings the old text back. */
function replaceSource(text) {
  source.focus();
  source.select();
  insert(text);
}

document.querySelector("#reset").addEventListener("click", () => replaceSource(starter));

document.querySelector("#gallery")?.addEventListener("submit", (event) => {
  event.preventDefault();
  const name = new FormData(event.target).get("sketch");
  for (const sketch of document.querySelectorAll("template[data-sketch]")) {
    if (sketch.dataset.sketch === name) replaceSource(sketch.content.textContent);
  }
  form.requestSubmit();
});

/* The seed in the first default_rng(…) of what is written now, not of the starter. */
document.querySelector("#redraw")?.addEventListener("click", (event) => {
  event.preventDefault();
  const found = /\bdefault_rng\(\s*\d*\s*\)/.exec(source.value);
  if (!found) {
    say("Your code has no np.random.default_rng(…) that another seed could be given to.", true);
    return;
  }
  source.focus();
  source.setSelectionRange(found.index, found.index + found[0].length);
  insert(`default_rng(${Math.floor(Math.random() * 10_000)})`);
  form.requestSubmit();
});

/* Keys -------------------------------------------------------------------------------------- */

let tabLeaves = false; // Escape, then Tab moves on: the keyboard is never trapped (WCAG 2.1.2).

function insert(text) {
  // Deprecated, but the only way that leaves the browser's undo intact in a text area.
  if (!document.execCommand(text ? "insertText" : "delete", false, text)) {
    source.setRangeText(text, source.selectionStart, source.selectionEnd, "end");
    source.dispatchEvent(new Event("input"));
  }
}

/** Indents or dedents every line that the selection touches. */
function shiftLines(dedent) {
  const text = source.value;
  const start = text.lastIndexOf("\n", source.selectionStart - 1) + 1;
  const next = text.indexOf("\n", Math.max(source.selectionEnd - 1, start));
  const end = next === -1 ? text.length : next;
  const lines = text.slice(start, end).split("\n");
  const shifted = lines.map((line) => (dedent ? line.replace(/^( {1,4}|\t)/, "") : line && INDENT + line));
  source.setSelectionRange(start, end);
  insert(shifted.join("\n"));
  source.setSelectionRange(start, start + shifted.join("\n").length);
}

function breakLine() {
  const text = source.value;
  const start = text.lastIndexOf("\n", source.selectionStart - 1) + 1;
  const before = text.slice(start, source.selectionStart);
  const indent = before.match(/^[ \t]*/)[0];
  insert("\n" + indent + (/:\s*(#.*)?$/.test(before) ? INDENT : ""));
}

source.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    tabLeaves = true;
    return;
  }
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit();
  } else if (event.key === "Tab" && !tabLeaves && !event.ctrlKey && !event.altKey && !event.metaKey) {
    event.preventDefault();
    const many = source.value.slice(source.selectionStart, source.selectionEnd).includes("\n");
    if (event.shiftKey || many) shiftLines(event.shiftKey);
    else insert(INDENT);
  } else if (event.key === "Enter" && !event.shiftKey && !event.altKey && !event.isComposing) {
    event.preventDefault();
    breakLine();
  }
  if (event.key !== "Shift") tabLeaves = false;
});

/* Running ----------------------------------------------------------------------------------- */

let running = null; // The run that the page follows; a newer one takes its place.

function say(text, isError = false) {
  status.textContent = text;
  status.classList.toggle("error", isError);
}

/** Sends the code; returns the address of its page, or null after saying why not. */
async function send(signal) {
  const body = { exercise: form.dataset.exercise, source: source.value, student: student.value };
  let response;
  try {
    response = await fetch(form.dataset.api, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      signal,
    });
  } catch {
    if (!signal.aborted) say("The service cannot be reached. Your code is still here; try again.", true);
    return null;
  }
  const answer = await response.json().catch(() => null);
  if (!response.ok || !answer) {
    const reasons = (answer?.errors ?? []).map((error) => error.message);
    say([answer?.detail ?? "The service did not understand.", ...reasons].join(" "), true);
    return null;
  }
  return answer.links.page;
}

function show(element) {
  const waiting = element.querySelector("[data-waiting] h2");
  if (waiting) {
    say(waiting.textContent);
    return;
  }
  const verdict = element.querySelector("[data-verdict]").textContent;
  const score = element.querySelector("[data-score]")?.textContent;
  say(`Graded: ${[verdict, score].filter(Boolean).join(", ")}.`);
  const link = document.createElement("p");
  link.className = "permalink";
  link.append(Object.assign(document.createElement("a"), {
    href: element.dataset.page,
    textContent: "This report on a page of its own",
  }));
  result.replaceChildren(element, link);
  addCopyButtons(element);
  // On a phone the result is below the editor, out of sight: nobody would see that it came.
  if (status.getBoundingClientRect().top > window.innerHeight * 0.8) status.scrollIntoView();
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  running?.abort();
  const run = (running = new AbortController());
  say("Sending …");
  result.setAttribute("aria-busy", "true"); // The last report stays, dimmed, until the next is there.
  const page = await send(run.signal);
  if (page) await follow(page, show, run.signal);
  if (running === run) result.removeAttribute("aria-busy");
});
