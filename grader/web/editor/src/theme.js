// How the editor looks: the page's paper and ink, by the variables of style.css.
//
// "&.cm-editor" makes a rule stronger than CodeMirror's own, which name the light scheme too.

import { EditorView } from "@codemirror/view";

export const theme = EditorView.theme({
  "&": {
    backgroundColor: "var(--sheet)",
    color: "var(--ink)",
    border: "1px solid var(--edge, var(--line))",
    borderRadius: "var(--radius)",
    boxShadow: "var(--shadow)",
    fontSize: ".9rem",
    overflow: "hidden",
  },
  "&.cm-focused": { outline: "3px solid var(--accent)", outlineOffset: "1px" },
  ".cm-scroller": {
    fontFamily: "var(--mono)",
    lineHeight: "1.5",
    minHeight: "var(--editor-min-height, 20rem)",
    maxHeight: "var(--editor-max-height, min(75vh, 48rem))",
    overflow: "auto",
  },
  ".cm-content": { padding: ".75rem 0", caretColor: "var(--ink)" },
  ".cm-line": { padding: "0 1rem 0 .5rem" },
  ".cm-content ::selection, .cm-content::selection": { backgroundColor: "var(--code-selection)" },
  "&.cm-editor .cm-gutters": { backgroundColor: "var(--sheet)", color: "var(--soft)", border: "none" },
  ".cm-lineNumbers .cm-gutterElement": { padding: "0 .5rem 0 .25rem", minWidth: "2.25em" },
  "&.cm-editor .cm-activeLine:not(.cm-problem), &.cm-editor .cm-activeLineGutter": {
    backgroundColor: "transparent",
  },
  "&.cm-editor.cm-focused .cm-activeLine:not(.cm-problem), &.cm-editor.cm-focused .cm-activeLineGutter": {
    backgroundColor: "color-mix(in srgb, var(--wash) 45%, transparent)",
  },
  "&.cm-focused .cm-activeLineGutter": { color: "var(--ink)" },
  "&.cm-focused .cm-matchingBracket": {
    backgroundColor: "var(--wash)",
    outline: "1px solid var(--accent)",
  },
  "&.cm-focused .cm-nonmatchingBracket": {
    backgroundColor: "var(--bad-wash)",
    outline: "1px dashed var(--bad)",
  },
  "&.cm-editor .cm-searchMatch": { backgroundColor: "var(--half-wash)", outline: "1px solid var(--half)" },
  "&.cm-editor .cm-searchMatch-selected": { outlineWidth: "2px" },
  "&.cm-editor .cm-specialChar": { color: "var(--bad)" },
});

/** The boxes that open over or beside the text: completion, and the panel of search. */
export const boxes = EditorView.theme({
  "&.cm-editor .cm-panels": {
    backgroundColor: "var(--paper)",
    color: "var(--ink)",
    fontSize: ".875rem",
  },
  "&.cm-editor .cm-panels-bottom": { borderTop: "1px solid var(--line)" },
  "&.cm-editor .cm-panel.cm-search": { padding: ".6rem 2.5rem .6rem .75rem", fontFamily: "inherit" },
  "&.cm-editor .cm-panel.cm-search label": {
    display: "inline-flex",
    alignItems: "center",
    gap: ".3rem",
    marginInline: ".35rem",
    fontSize: "inherit",
    fontWeight: "400",
    whiteSpace: "nowrap",
  },
  "&.cm-editor .cm-panel.cm-search [name=close]": {
    inset: ".35rem .5rem auto auto",
    width: "2rem",
    height: "2rem",
    fontSize: "1.25rem",
    color: "var(--soft)",
  },
  "&.cm-editor .cm-textfield": {
    backgroundColor: "var(--sheet)",
    border: "1px solid var(--line)",
    borderRadius: "6px",
    fontSize: "inherit",
    padding: ".3rem .5rem",
  },
  "&.cm-editor .cm-button": {
    backgroundColor: "var(--sheet)",
    backgroundImage: "none",
    border: "1px solid var(--line)",
    borderRadius: "6px",
    fontSize: "inherit",
    padding: ".3rem .6rem",
    textTransform: "none",
  },
  "&.cm-editor .cm-tooltip": {
    backgroundColor: "var(--sheet)",
    color: "var(--ink)",
    border: "1px solid var(--line)",
    borderRadius: "8px",
    boxShadow: "0 4px 16px rgb(0 0 0 / 15%)",
  },
  "&.cm-editor .cm-tooltip.cm-tooltip-autocomplete > ul": {
    fontFamily: "var(--mono)",
    fontSize: ".85rem",
    maxHeight: "15rem",
    minWidth: "12rem",
    borderRadius: "7px",
  },
  "&.cm-editor .cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: ".2rem .75rem" },
  "&.cm-editor .cm-tooltip-autocomplete ul li[aria-selected]": {
    backgroundColor: "var(--accent)",
    color: "var(--accent-ink)",
  },
  "&.cm-editor .cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
  "&.cm-editor .cm-tooltip.cm-completionInfo": {
    maxWidth: "22rem",
    padding: ".5rem .75rem",
    fontSize: ".85rem",
    fontFamily: "inherit",
  },
});
