// The page of an exercise: the editor, the live picture beside it, and handing in.

import { Draft } from "./draft.js";
import { headline, listFindings, problemsOf } from "./findings.js";
import { Live } from "./live.js";
import { createPlainEditor } from "./plain.js";
import { ask } from "./service.js";
import { Stage } from "./stage.js";
import { keepStanding } from "./standing.js";
import { offerStarts } from "./starts.js";
import { offerSubmitting } from "./submit.js";
import { Transport } from "./transport.js";
import { tellTrouble } from "./trouble.js";
import { phrases, words } from "./words.js";

const form = document.querySelector("#editor");
const source = form.querySelector("#source");
const live = document.querySelector("#live");
const line = document.querySelector("#headline");
const state = document.querySelector("#live-state");
const summary = document.querySelector("#summary");
const starter = document.querySelector("#starter").content.textContent;
const draft = new Draft({
  key: form.dataset.draft,
  starter,
  note: document.querySelector("#draft-note"),
  // What the address asks for is shown; the draft is kept until something is typed.
  isAside: "begun" in form.dataset,
});

/** Spoken only when the typing and the pictures have come to rest. */
const SUMMARY_PAUSE_MS = 1200;

/* The editor, with a draft in it ------------------------------------------------------------- */

async function openEditor(options) {
  source.value = draft.text ?? source.value;
  if (form.dataset.editorModule) {
    try {
      const { createEditor } = await import(form.dataset.editorModule);
      return createEditor({ parent: source.parentElement, textarea: source, ...options });
    } catch {
      // It could not be fetched, or this browser cannot run it: the text area does.
    }
  }
  return createPlainEditor({ textarea: source, ...options });
}

/* Live ---------------------------------------------------------------------------------------- */

const picture = live.querySelector("#stage");
const stage = picture && new Stage(picture);
if (picture) new Transport(picture, (share) => (stage.share = share));

function showState(name, problem) {
  live.dataset.state = name;
  state.textContent = name === "busy" || name === "refused" ? words(name) : words(`live-${name}`);
  if (name === "refused" || name === "busy") {
    line.dataset.status = "trouble";
    tellTrouble(line, problem, form.dataset.signIn);
  }
}

let speaking = 0;

function showResult(result) {
  showState("ready");
  headline(line, result);
  listFindings(document.querySelector("#findings"), document.querySelector("#printed"), result);
  editor.setProblems(problemsOf(result));
  stage?.show(result);
  live.dataset.shown = Number(live.dataset.shown ?? 0) + 1;
  const alt = [result.alt.density, result.alt.fold_map].filter(Boolean).join(" ");
  const inWords = document.querySelector("#in-words");
  if (!inWords || !alt) return;
  inWords.textContent = alt;
  clearTimeout(speaking);
  speaking = setTimeout(() => {
    if (summary.textContent !== alt) summary.textContent = alt;
  }, SUMMARY_PAUSE_MS);
}

const previews = new Live({
  address: live.dataset.api,
  exercise: form.dataset.exercise,
  version: live.dataset.version,
  onState: showState,
  onResult: showResult,
});

async function showTarget() {
  try {
    const { json } = await ask(live.dataset.target);
    stage.compare(json);
    document.querySelector("#target-in-words").textContent = json.alt;
    for (const hidden of live.querySelectorAll("[data-with-target]")) hidden.hidden = false;
  } catch {
    // There is none, or no network: the picture is whole without it.
  }
}

/* All together -------------------------------------------------------------------------------- */

const result = document.querySelector("#result");
let edited = true; // Since the last report came.

const runNow = () => previews.now(editor.text());
const editor = await openEditor({
  completions: form.dataset.completions,
  label: words("your-code"),
  phrases,
  onChange(text) {
    // After a report was read, the picture is what an edit is about.
    if (!edited) result.parentElement.scrollTop = 0;
    edited = true;
    draft.edited(editor);
    previews.edited(text);
  },
  keys: { "Shift-Enter": runNow, "Mod-Enter": runNow },
});
draft.follow(editor);
document.querySelector("#run").addEventListener("click", runNow);
offerStarts(editor, (sentence) => {
  line.dataset.status = "trouble";
  line.textContent = sentence;
});
offerSubmitting({
  form,
  status: document.querySelector("#status"),
  result,
  text: () => editor.text(),
  counted(problem) {
    edited = false;
    form.dispatchEvent(new CustomEvent("counted", { detail: problem }));
  },
});
keepStanding(form);
form.dataset.ready = "";
whenSeen(runNow);
if (stage && live.dataset.target) showTarget();

/** At once, or when the tab that was opened behind others is looked at. */
function whenSeen(act) {
  if (!document.hidden) return act();
  const seen = () => !document.hidden && (document.removeEventListener("visibilitychange", seen), act());
  document.addEventListener("visibilitychange", seen);
}
