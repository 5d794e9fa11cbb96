// The text area under the editor: hidden, kept in step, and still what the form sends.

/** Hides `textarea` for an editor; what is written into it from elsewhere goes to `setText`. */
export function standInFor(textarea, { setText, focus }) {
  const end = new AbortController();
  const { signal } = end;
  textarea.hidden = true;
  // The label of a hidden field leads nowhere by itself.
  for (const label of textarea.labels) label.addEventListener("click", focus, { signal });
  const taken = () => setText(textarea.value);
  textarea.addEventListener("input", taken, { signal });
  textarea.addEventListener("change", taken, { signal });
  // A form is reset after its event.
  textarea.form?.addEventListener("reset", () => queueMicrotask(taken), { signal });
  return {
    write(text) {
      textarea.value = text;
    },
    end() {
      end.abort();
      textarea.hidden = false;
    },
  };
}
