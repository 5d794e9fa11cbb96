// The small dialog that lists the keys.

const dialog = document.querySelector("#shortcuts");
document.querySelector("#show-shortcuts")?.addEventListener("click", () => dialog.showModal());
// A click beside it closes it; what is inside fills it, so that only the backdrop is the dialog.
dialog?.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close();
});
