// What the code can start from: the starter, a sketch of the gallery, new weights.

import { words } from "./words.js";

const GENERATOR = /\bdefault_rng\(\s*\d*\s*\)/;
/** As many seeds as are easy to read and to tell apart. */
const SEEDS = 10_000;

/** Wires the controls around `editor`; `say(sentence)` tells what could not be done. */
export function offerStarts(editor, say) {
  const starter = document.querySelector("#starter").content.textContent;
  document.querySelector("#reset").addEventListener("click", () => editor.setText(starter));

  document.querySelector("#gallery")?.addEventListener("submit", (event) => {
    event.preventDefault();
    const name = new FormData(event.target).get("sketch");
    for (const sketch of document.querySelectorAll("template[data-sketch]")) {
      if (sketch.dataset.sketch === name) editor.setText(sketch.content.textContent);
    }
  });

  // The seed in the first default_rng(…) of what is written now, not of the starter.
  document.querySelector("#redraw")?.addEventListener("click", (event) => {
    event.preventDefault();
    const written = editor.text();
    if (!GENERATOR.test(written)) return say(words("no-generator"));
    editor.setText(written.replace(GENERATOR, `default_rng(${Math.floor(Math.random() * SEEDS)})`));
  });
}
