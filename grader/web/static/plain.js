// The plain text area as an editor: what there is where the real one could not be built or fetched.

const INDENT = "    ";

/** An editor with the interface of the real one: text, setText, setProblems, focus, destroy. */
export function createPlainEditor({ textarea, onChange = () => {}, keys = {} }) {
  const end = new AbortController();
  const { signal } = end;
  let tabLeaves = false; // Escape, then Tab moves on: the keyboard is never trapped (WCAG 2.1.2).
  let known = textarea.value;

  const changed = () => {
    if (textarea.value === known) return;
    known = textarea.value;
    onChange(known);
  };
  // An area that a script filled tells of it by "change" alone.
  textarea.addEventListener("input", changed, { signal });
  textarea.addEventListener("change", changed, { signal });

  textarea.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      tabLeaves = true;
      return;
    }
    const act = event.key === "Enter" && !event.isComposing ? keys[enterKey(event)] : null;
    if (act) {
      event.preventDefault();
      act();
    } else if (event.key === "Tab" && !tabLeaves && !event.ctrlKey && !event.altKey && !event.metaKey) {
      event.preventDefault();
      const many = textarea.value.slice(textarea.selectionStart, textarea.selectionEnd).includes("\n");
      if (event.shiftKey || many) shiftLines(textarea, event.shiftKey);
      else insert(textarea, INDENT);
    } else if (event.key === "Enter" && !event.shiftKey && !event.altKey && !event.isComposing) {
      event.preventDefault();
      breakLine(textarea);
    }
    if (event.key !== "Shift") tabLeaves = false;
  }, { signal });

  return {
    text: () => textarea.value,
    setText(text) {
      textarea.focus();
      textarea.select();
      insert(textarea, text);
    },
    setProblems() {}, // The line above the picture says them, with their line.
    focus: () => textarea.focus(),
    destroy: () => end.abort(),
  };
}

function enterKey(event) {
  if (event.ctrlKey || event.metaKey) return "Mod-Enter";
  return event.shiftKey ? "Shift-Enter" : "Enter";
}

function insert(textarea, text) {
  // Deprecated, but the only way that leaves the browser's undo intact in a text area.
  if (!document.execCommand(text ? "insertText" : "delete", false, text)) {
    textarea.setRangeText(text, textarea.selectionStart, textarea.selectionEnd, "end");
    textarea.dispatchEvent(new Event("input"));
  }
}

/** Indents or dedents every line that the selection touches. */
function shiftLines(textarea, dedent) {
  const text = textarea.value;
  const start = text.lastIndexOf("\n", textarea.selectionStart - 1) + 1;
  const next = text.indexOf("\n", Math.max(textarea.selectionEnd - 1, start));
  const end = next === -1 ? text.length : next;
  const lines = text.slice(start, end).split("\n");
  const shifted = lines.map((line) => (dedent ? line.replace(/^( {1,4}|\t)/, "") : line && INDENT + line));
  textarea.setSelectionRange(start, end);
  insert(textarea, shifted.join("\n"));
  textarea.setSelectionRange(start, start + shifted.join("\n").length);
}

function breakLine(textarea) {
  const text = textarea.value;
  const start = text.lastIndexOf("\n", textarea.selectionStart - 1) + 1;
  const before = text.slice(start, textarea.selectionStart);
  const indent = before.match(/^[ \t]*/)[0];
  insert(textarea, "\n" + indent + (/:\s*(#.*)?$/.test(before) ? INDENT : ""));
}
