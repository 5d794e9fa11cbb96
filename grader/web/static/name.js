// Keeps the student's name in this browser, so that it is typed once.

const KEY = "pushforward.name";

// Storage can be forbidden or full: then there is no memory, and the field works all the same.
/** Fills the field with the name that was typed last, and keeps the next one. */
export function rememberName(field) {
  try {
    field.value = field.value || localStorage.getItem(KEY) || "";
  } catch {
    return;
  }
  field.addEventListener("change", () => {
    try {
      if (field.value) localStorage.setItem(KEY, field.value);
      else localStorage.removeItem(KEY);
    } catch {
      // As above.
    }
  });
}

const field = document.querySelector("input[data-name]");
if (field) rememberName(field);
