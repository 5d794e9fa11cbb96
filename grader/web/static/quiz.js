// The page of a quiz: what is ticked and not yet sent is kept in this browser, as code is.

import { keepDraft, readDraft } from "./drafts.js";
import { keepStanding } from "./standing.js";

const form = document.querySelector("#quiz");
const key = form.dataset.draft;

function ticked() {
  const answers = [...new FormData(form)].filter(([name]) => name.startsWith("answer."));
  return JSON.stringify(Object.fromEntries(answers));
}

/** Ticks what was kept; another version of the quiz may not ask all of it. */
function tick(text) {
  let answers = null;
  try {
    answers = JSON.parse(text);
  } catch {
    // Of another kind of exercise under this name.
  }
  for (const option of form.querySelectorAll("input[type=radio]")) {
    if (answers?.[option.name] === option.value) option.checked = true;
  }
}

// What the address asks for is shown; the draft is kept until something is ticked.
const draft = "begun" in form.dataset ? null : readDraft(key);
if (draft !== null) tick(draft.text);
form.addEventListener("change", () => keepDraft(key, ticked));
keepStanding(form);
form.dataset.ready = "";
