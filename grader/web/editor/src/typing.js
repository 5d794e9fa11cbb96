// Typing over a selection, as an edit of ours.
//
// Left to the browser, it would keep the style of what was selected on what is typed, by a style
// attribute: the pages' policy (style-src 'self') refuses it, and reports each one.

import { EditorView } from "@codemirror/view";

export const typingOver = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { from, to, empty } = view.state.selection.main;
    const typed = event.inputType === "insertText" && event.data;
    if (!typed || empty || view.composing || view.state.readOnly) return false;
    const insert = () =>
      view.state.update({
        changes: { from, to, insert: typed },
        selection: { anchor: from + typed.length },
        scrollIntoView: true,
        userEvent: "input.type",
      });
    // Who handles typing otherwise (a bracket goes round what is selected) still does.
    const handlers = view.state.facet(EditorView.inputHandler);
    if (!handlers.some((handle) => handle(view, from, to, typed, insert))) view.dispatch(insert());
    event.preventDefault();
    return true;
  },
});
