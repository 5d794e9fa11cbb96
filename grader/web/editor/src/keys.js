// The keys of the editor: Tab indents, and after Escape it leaves (WCAG 2.1.2, no keyboard trap).

import { acceptCompletion, completionStatus, moveCompletionSelection, selectedCompletionIndex } from "@codemirror/autocomplete";
import { indentLess, indentMore } from "@codemirror/commands";
import { Prec } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";

/** How long Tab leaves after Escape: as long as it takes; any other key ends it. */
const FOREVER = 1e12;

/** Spaces up to the next column that is a multiple of the indentation; a selection is indented. */
function indent(view) {
  const { state } = view;
  if (state.readOnly) return false;
  const range = state.selection.main;
  if (!range.empty) return indentMore(view);
  const column = range.head - state.doc.lineAt(range.head).from;
  const width = state.tabSize - (column % state.tabSize);
  view.dispatch(state.update(state.replaceSelection(" ".repeat(width)), { userEvent: "input", scrollIntoView: true }));
  return true;
}

/** Takes the completion that is selected, or else the first. */
function complete(view) {
  if (completionStatus(view.state) !== "active") return false;
  if (selectedCompletionIndex(view.state) === null) moveCompletionSelection(true)(view);
  return acceptCompletion(view);
}

function letTabLeave(view) {
  view.setTabFocusMode(FOREVER);
  view.dispatch({ effects: EditorView.announce.of(view.state.phrase("Tab leaves the editor now.")) });
  return false; // Escape also closes what is open.
}

/** The editor's own keys, under those of the page (`{"Mod-Enter": () => …}`). */
export function keys(ofPage) {
  const bindings = Object.entries(ofPage).map(([key, act]) => ({
    key,
    run: () => {
      act();
      return true;
    },
  }));
  return [
    Prec.highest(keymap.of([...bindings, { key: "Escape", run: letTabLeave }])),
    Prec.high(keymap.of([{ key: "Tab", run: (view) => complete(view) || indent(view), shift: indentLess }])),
    // Else CodeMirror would take Tab back after two seconds.
    Prec.lowest(keymap.of([{ key: "Escape", run: () => true }])),
  ];
}
