// Carries the samples from z to x: a slider, and a button that moves it.

import { words } from "./words.js";

const DURATION_MS = 2600;

/** Wires the slider and the button in `root`; `moved(share)` is called with 0 … 1. */
export class Transport {
  #started = 0; // When the animation under way began; 0: none is.

  constructor(root, moved) {
    this.slider = root.querySelector("input[type=range]");
    this.button = root.querySelector("[data-play]");
    this.moved = moved;
    this.still = window.matchMedia("(prefers-reduced-motion: reduce)");
    this.slider.addEventListener("input", () => {
      this.#stop();
      this.#go(this.slider.valueAsNumber);
    });
    this.button.addEventListener("click", () => (this.#started ? this.#stop() : this.#play()));
    this.#go(1);
    this.#stop();
  }

  #play() {
    if (this.still.matches) {
      // No motion: from the one end to the other at once.
      this.#go(this.slider.valueAsNumber < 0.5 ? 1 : 0);
      return;
    }
    const from = this.slider.valueAsNumber < 1 ? this.slider.valueAsNumber : 0;
    const start = performance.now();
    this.#started = start;
    this.#name();
    const step = (now) => {
      if (this.#started !== start) return;
      const time = Math.min(Math.max((now - start) / (DURATION_MS * (1 - from)), 0), 1);
      this.#go(from + (1 - from) * (time < 0.5 ? 2 * time ** 2 : 1 - 2 * (1 - time) ** 2));
      if (time < 1) requestAnimationFrame(step);
      else this.#stop();
    };
    requestAnimationFrame(step);
  }

  #stop() {
    this.#started = 0;
    this.#name();
  }

  #name() {
    const name = words(this.#started ? "pause" : "play");
    this.button.setAttribute("aria-label", name);
    this.button.title = name;
    this.button.toggleAttribute("data-playing", this.#started > 0);
  }

  #go(share) {
    this.slider.value = share;
    this.slider.setAttribute("aria-valuetext", words("on-the-way", { percent: Math.round(share * 100) }));
    this.moved(share);
  }
}
