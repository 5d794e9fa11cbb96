/** Gives each block and link that is meant to be pasted elsewhere a button that copies it. */
export function addCopyButtons(root) {
  if (!navigator.clipboard) return;
  for (const source of root.querySelectorAll("[data-copy]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = source.dataset.copy;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(source.href ?? source.textContent);
      button.textContent = source.dataset.copied;
      setTimeout(() => (button.textContent = source.dataset.copy), 3000);
    });
    source.after(button);
  }
}
