// What changed between two programs, to be read: removed lines and added ones, in one column.

import { unifiedMergeView } from "@codemirror/merge";
import { EditorState } from "@codemirror/state";
import { EditorView, lineNumbers } from "@codemirror/view";

import { python } from "./python.js";
import { theme } from "./theme.js";

const look = EditorView.theme({
  ".cm-scroller": { minHeight: "0" },
  ".cm-line, .cm-deletedChunk .cm-deletedLine": {
    display: "block",
    position: "relative",
    padding: "0 1rem 0 1.75rem",
  },
  ".cm-deletedChunk": { padding: "0", backgroundColor: "var(--bad-wash)" },
  "&.cm-merge-b .cm-changedLine": { backgroundColor: "var(--good-wash)" },
  // What changed within a line is underlined; the sign says which line is old and which is new.
  "&.cm-merge-b .cm-changedText": { background: "none", borderBottom: "1px solid var(--good)" },
  "& .cm-deletedChunk .cm-deletedText": { background: "none", borderBottom: "1px solid var(--bad)" },
  ".cm-changedLine::before, .cm-deletedLine::before": {
    position: "absolute",
    left: ".6rem",
    fontWeight: "700",
  },
  ".cm-changedLine::before": { content: '"+"', color: "var(--good)" },
  ".cm-deletedLine::before": { content: '"−"', color: "var(--bad)" },
});

/** Shows in `parent` how `after` differs from `before`; `label` names the view. */
export function createDiff({ parent, before, after, label }) {
  const view = new EditorView({
    parent,
    doc: after,
    extensions: [
      python(),
      look, // What comes first wins.
      theme,
      lineNumbers(),
      unifiedMergeView({ original: before, gutter: false, mergeControls: false }),
      EditorState.readOnly.of(true),
      EditorView.editable.of(false),
      // It can be scrolled by the keyboard.
      EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
    ],
  });
  return { destroy: () => view.destroy() };
}
