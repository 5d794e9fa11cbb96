// Python as the editor shows it: its grammar, its indentation, and the colours of its words.

import { HighlightStyle, indentUnit, LanguageSupport, syntaxHighlighting } from "@codemirror/language";
import { pythonLanguage } from "@codemirror/lang-python";
import { EditorState } from "@codemirror/state";
import { tags } from "@lezer/highlight";

export const INDENT = "    ";

// The colours are variables of style.css, which has them in light and dark.
const colours = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--code-keyword)", fontWeight: "600" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--code-string)" },
  { tag: [tags.number, tags.bool, tags.null, tags.escape], color: "var(--code-number)" },
  { tag: tags.comment, color: "var(--code-comment)", fontStyle: "italic" },
  {
    tag: [tags.definition(tags.function(tags.variableName)), tags.definition(tags.className), tags.meta],
    color: "var(--code-definition)",
  },
]);

/** What every view of Python needs, one that is only read as well. */
export function python() {
  return [
    // Not python() of the package: its completion knows names that the sandbox does not.
    new LanguageSupport(pythonLanguage),
    syntaxHighlighting(colours),
    indentUnit.of(INDENT),
    EditorState.tabSize.of(INDENT.length),
  ];
}
