// The code editor: a CodeMirror of Python over a text area that stays what the form sends.

import { autocompletion, closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, isolateHistory } from "@codemirror/commands";
import { bracketMatching, indentOnInput } from "@codemirror/language";
import { search, searchKeymap, searchPanelOpen } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import {
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from "@codemirror/view";

import { completeFrom } from "./completion.js";
import { keys } from "./keys.js";
import { problems, showProblems } from "./problems.js";
import { python } from "./python.js";
import { standInFor } from "./textarea.js";
import { boxes, theme } from "./theme.js";
import { typingOver } from "./typing.js";

/**
 * Puts an editor into `parent`, where `textarea` is or else at its end; the text area is hidden
 * and kept in step.
 *
 * `completions` is the address of what can be completed, `label` the editor's name for who does
 * not see it, `onChange(text)` is called after each edit, and `keys` are the page's own:
 * {"Mod-Enter": () => …}. `phrases` translates the texts of the editor.
 */
export function createEditor({
  parent,
  textarea,
  completions,
  label,
  onChange = () => {},
  keys: ofPage = {},
  phrases = {},
}) {
  const under = standInFor(textarea, { setText, focus: () => view.focus() });
  const changed = EditorView.updateListener.of((update) => {
    if (!update.docChanged) return;
    const text = update.state.doc.toString();
    under.write(text);
    onChange(text);
  });
  const view = new EditorView({
    doc: textarea.value,
    extensions: [
      keys(ofPage), // Before what else is of the highest precedence: completion.
      writing(),
      completing(completions),
      named(label, textarea),
      EditorState.phrases.of(phrases),
      changed,
    ],
  });
  if (textarea.parentElement === parent) textarea.before(view.dom);
  else parent.append(view.dom);

  /** Replaces the text as one step that undo takes back; the cursor stays where nothing changes. */
  function setText(text) {
    const changes = difference(view.state.doc.toString(), text.replace(/\r\n?/g, "\n"));
    if (changes) view.dispatch({ changes, annotations: isolateHistory.of("full"), userEvent: "input.replace" });
  }

  return {
    text: () => view.state.doc.toString(),
    setText,
    setProblems: (shown) => view.dispatch(showProblems(view.state, shown)),
    focus: () => view.focus(),
    destroy() {
      under.end();
      view.destroy();
    },
  };
}

function writing() {
  return [
    python(),
    theme,
    boxes,
    lineNumbers(),
    problems(),
    history(),
    highlightSpecialChars(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    bracketMatching(),
    closeBrackets(),
    typingOver,
    indentOnInput(),
    search(),
    searchInSight,
    keymap.of([...closeBracketsKeymap, ...searchKeymap, ...historyKeymap, ...defaultKeymap]),
  ];
}

/** The panel of search is the editor's foot, which may be below the window's when it opens. */
const searchInSight = EditorView.updateListener.of(({ view, state, startState }) => {
  if (searchPanelOpen(startState) || !searchPanelOpen(state)) return;
  view.dom.querySelector(".cm-search").scrollIntoView({ block: "nearest" });
});

function completing(address) {
  // Nothing is selected until an arrow key or Tab does it: Enter always begins a new line.
  return autocompletion({
    override: [completeFrom(address)],
    selectOnOpen: false,
    interactionDelay: 0,
    filterStrict: true,
    icons: false,
  });
}

function named(label, textarea) {
  const described = textarea.getAttribute("aria-describedby");
  return EditorView.contentAttributes.of({
    "aria-label": label,
    ...(described && { "aria-describedby": described }),
    // It can be reached without it; but then a checker of accessibility does not see that.
    tabindex: "0",
    spellcheck: "false",
    autocapitalize: "off",
    autocorrect: "off",
  });
}

/** The one change that makes `after` of `before`, without what both begin and end with. */
function difference(before, after) {
  if (before === after) return null;
  const shorter = Math.min(before.length, after.length);
  let same = 0;
  while (same < shorter && before[same] === after[same]) same += 1;
  let tail = 0;
  while (tail < shorter - same && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  return { from: same, to: before.length - tail, insert: after.slice(same, after.length - tail) };
}
