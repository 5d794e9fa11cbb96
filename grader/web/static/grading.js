// For who grades: j and k go to the next and the previous student, and a line's number is clicked to comment on it.

const FIELDS = "input, textarea, select, [contenteditable], .cm-editor";

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest(FIELDS)) return;
  const relation = { j: "next", k: "prev" }[event.key];
  document.querySelector(`.round a[rel=${relation}]`)?.click();
});

const line = document.querySelector("#comment-line");
const text = document.querySelector("#comment-text");
if (line && text) {
  const listing = document.querySelector(".listing");
  listing.classList.add("takes-comments");
  // A click beside the code, where the number is: to select code must stay possible.
  listing.addEventListener("click", (event) => {
    const item = event.target.closest("li[id^=L]");
    if (!item || event.target !== item) return;
    line.value = item.id.slice(1);
    text.scrollIntoView({ block: "center" });
    text.focus({ preventScroll: true });
  });
}
for (const select of document.querySelectorAll(".round-list select")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}
