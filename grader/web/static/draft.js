// The draft of this page's editor: what is kept of it, and what another tab has made of it.

import { forgetDraft, keepDraft, readDraft, watchDraft } from "./drafts.js";
import { words } from "./words.js";

export class Draft {
  #elsewhere = false; // Another tab has written it since this one was looked at.
  #taking = false;

  /** `note` is the line that says whether there is room; `isAside` that the page shows something else. */
  constructor({ key, starter, note, isAside }) {
    Object.assign(this, { key, starter, note, isAside });
  }

  /** What was kept, or null where there is none or the page shows something else. */
  get text() {
    return this.isAside ? null : (readDraft(this.key)?.text ?? null);
  }

  /** The editor's text changed: it is kept, soon. */
  edited(editor) {
    if (this.#taking) return;
    this.isAside = false;
    this.#elsewhere = false;
    if (editor.text() === this.starter) {
      forgetDraft(this.key);
      this.note.textContent = "";
      return;
    }
    const kept = (isKept) => (this.note.textContent = words(isKept ? "draft-kept" : "draft-not-kept"));
    keepDraft(this.key, () => editor.text(), kept);
  }

  /** From now on this tab, when it is looked at again, goes on from what another one wrote. */
  follow(editor) {
    // That a draft is gone says nothing: it may have made room for another exercise's.
    watchDraft(this.key, (draft) => (this.#elsewhere = draft !== null));
    const look = () => !document.hidden && this.#elsewhere && this.#take(editor);
    window.addEventListener("focus", look);
    document.addEventListener("visibilitychange", look);
  }

  #take(editor) {
    this.#elsewhere = false;
    const text = this.text;
    if (text === null || text === editor.text()) return;
    this.#taking = true; // The editor tells of the change before it returns.
    editor.setText(text);
    this.#taking = false;
    this.note.textContent = words("draft-elsewhere");
  }
}
