// The pause between two submissions: the button waits, and says how long.

import { words } from "./words.js";

/** How often a screen reader hears how long it is still: not every second. */
const SPOKEN_SECONDS = [60, 30, 10];

/**
 * A button that waits. `until(moment)` keeps it disabled up to then, a Date or null.
 *
 * `shown` is the line that counts down in sight, `spoken` the one that is read aloud.
 */
export class Cooldown {
  #timer = 0;

  constructor(button, shown, spoken) {
    Object.assign(this, { button, shown, spoken });
  }

  until(moment) {
    clearTimeout(this.#timer);
    this.end = moment?.getTime() ?? 0;
    this.#tick(true);
  }

  #tick(first = false) {
    const seconds = Math.ceil((this.end - Date.now()) / 1000);
    if (seconds <= 0) {
      if (!first) this.spoken.textContent = words("cooled-down");
      this.button.disabled = false;
      this.shown.textContent = "";
      return;
    }
    this.button.disabled = true;
    this.shown.textContent = words("cooling-down", { time: clock(seconds) });
    if (first || SPOKEN_SECONDS.includes(seconds)) this.spoken.textContent = this.shown.textContent;
    this.#timer = setTimeout(() => this.#tick(), (this.end - Date.now()) % 1000 || 1000);
  }
}

function clock(seconds) {
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.ceil(minutes / 60)} h`;
}
