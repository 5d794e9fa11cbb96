// What is wrong, at its line: a sign in the gutter, the line marked, and the text below it.

import { MapMode, RangeSet, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, gutter, GutterMarker, keymap, WidgetType } from "@codemirror/view";

/** The severities, with the sign that says the same without colour. */
const SIGNS = { error: "✕", warning: "!", info: "i" };

const replace = StateEffect.define();

/** Each problem stands at the start of its line, and moves with the text: {at, severity, message}. */
const field = StateField.define({
  create: () => [],
  update(problems, transaction) {
    for (const effect of transaction.effects) if (effect.is(replace)) return effect.value;
    if (!transaction.docChanged || !problems.length) return problems;
    return problems
      .map((problem) => ({ ...problem, at: transaction.changes.mapPos(problem.at, 1, MapMode.TrackDel) }))
      .filter((problem) => problem.at !== null);
  },
  provide: (self) => EditorView.decorations.compute([self, "doc"], (state) => decorations(state)),
});

class Remark extends WidgetType {
  constructor(problem) {
    super();
    this.problem = problem;
  }

  eq(other) {
    return other.problem.severity === this.problem.severity && other.problem.message === this.problem.message;
  }

  toDOM() {
    const remark = document.createElement("div");
    remark.className = `cm-remark cm-remark-${this.problem.severity}`;
    const text = document.createElement("span");
    text.textContent = this.problem.message;
    if (this.problem.lang) text.lang = this.problem.lang;
    remark.append(text);
    return remark;
  }

  ignoreEvent() {
    return true; // The text of a remark can be selected and copied.
  }
}

class Sign extends GutterMarker {
  constructor(severity) {
    super();
    this.severity = severity;
  }

  eq(other) {
    return other.severity === this.severity;
  }

  toDOM() {
    const sign = document.createElement("span");
    sign.className = `cm-sign cm-sign-${this.severity}`;
    sign.textContent = SIGNS[this.severity];
    return sign;
  }
}

function decorations(state) {
  const made = state.field(field).flatMap((problem) => {
    const line = state.doc.lineAt(problem.at);
    return [
      Decoration.line({ class: `cm-problem cm-problem-${problem.severity}` }).range(line.from),
      Decoration.widget({ widget: new Remark(problem), block: true, side: 1 }).range(line.to),
    ];
  });
  return Decoration.set(made, true);
}

const signs = gutter({
  class: "cm-signs",
  markers: (view) =>
    RangeSet.of(
      view.state.field(field).map((problem) => {
        const line = view.state.doc.lineAt(problem.at);
        return new Sign(problem.severity).range(line.from);
      }),
      true,
    ),
  initialSpacer: () => new Sign("error"),
});

/** Goes to the next problem after the cursor, round the end, and says it. */
function goToNext(view) {
  const problems = view.state.field(field);
  if (!problems.length) return false;
  const here = view.state.doc.lineAt(view.state.selection.main.head).from;
  const next = problems.find((problem) => problem.at > here) ?? problems[0];
  const line = view.state.doc.lineAt(next.at);
  view.dispatch({
    selection: { anchor: line.from },
    scrollIntoView: true,
    effects: EditorView.announce.of(`${view.state.phrase("Line")} ${line.number}: ${next.message}`),
  });
  return true;
}

const colour = (severity, name) => ({
  // Stronger than the mark of the line with the cursor.
  [`&.cm-editor .cm-problem-${severity}`]: { backgroundColor: `var(--${name}-wash)` },
  [`.cm-remark-${severity}`]: { backgroundColor: `var(--${name}-wash)`, color: `var(--${name})` },
  [`.cm-sign-${severity}`]: { color: `var(--${name})` },
});

const look = EditorView.theme({
  // What cqi below is a share of.
  ".cm-scroller": { containerType: "inline-size" },
  ".cm-signs": { width: "1.4em" },
  ".cm-signs .cm-gutterElement": { textAlign: "center" },
  ".cm-sign": { fontWeight: "700" },
  ".cm-remark": {
    padding: ".1rem 0 .35rem",
    fontFamily: "system-ui, sans-serif",
    fontSize: ".875rem",
    whiteSpace: "pre-wrap",
    overflowWrap: "anywhere",
  },
  // The text stays in sight while long lines of code are scrolled sideways.
  ".cm-remark span": {
    position: "sticky",
    left: "3.25rem",
    display: "inline-block",
    padding: "0 1rem 0 .5rem",
    maxWidth: "min(44rem, calc(100cqi - 4rem))",
  },
  ...colour("error", "bad"),
  ...colour("warning", "half"),
  "&.cm-editor .cm-problem-info": { backgroundColor: "var(--wash)" },
  ".cm-remark-info": { backgroundColor: "var(--wash)", color: "var(--ink)" },
  ".cm-sign-info": { color: "var(--accent)" },
});

/** The extension; F8 goes from one problem to the next. */
export function problems() {
  return [field, signs, look, keymap.of([{ key: "F8", run: goToNext }])];
}

/** The transaction that shows these problems, each {line, severity, message, lang}, and no others. */
export function showProblems(state, shown) {
  const placed = shown.map(({ line, severity, message, lang }) => ({
    at: state.doc.line(Math.min(Math.max(Math.trunc(line) || 1, 1), state.doc.lines)).from,
    severity: severity in SIGNS ? severity : "error",
    message: String(message),
    lang,
  }));
  return { effects: replace.of(placed.sort((a, b) => a.at - b.at)) };
}
