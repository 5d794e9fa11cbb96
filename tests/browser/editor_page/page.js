// Puts the editor into the page as the exercise page does, and hands it to the tests.

const form = document.querySelector("form");
const { createEditor } = await import(form.dataset.editorModule);

window.seen = { changes: [], keys: [] };
window.drafts = await import(form.dataset.drafts);
window.showDiff = async (before, after) => {
  const { createDiff } = await import(form.dataset.diffModule);
  return createDiff({ parent: document.querySelector("#diff"), before, after, label: "What changed" });
};
window.makeEditor = (parent = document.querySelector("#place")) => {
  window.editor = createEditor({
    parent,
    textarea: document.querySelector("#source"),
    completions: form.dataset.completions,
    label: "Your code",
    onChange: (text) => window.seen.changes.push(text),
    keys: {
      "Mod-Enter": () => window.seen.keys.push("Mod-Enter"),
      "Shift-Enter": () => window.seen.keys.push("Shift-Enter"),
    },
  });
};
window.makeEditor();
