// The colours of the picture: those of style sheets, so that light and dark have their own.

const STOPS = ["--ramp-0", "--ramp-1", "--ramp-2", "--ramp-3", "--ramp-4", "--ramp-5", "--ramp-6", "--ramp-7"];
/** How strongly the ramp holds back faint density, as in the service's own figures. */
const TONE = 0.7;

/** The colours in force, and the ramp from no density to the highest as 256 times red, green, blue. */
export function colours() {
  const style = getComputedStyle(document.documentElement);
  const read = (name) => style.getPropertyValue(name).trim();
  return {
    sheet: read("--sheet"),
    ink: read("--ink"),
    soft: read("--soft"),
    line: read("--line"),
    accent: read("--accent"),
    fold: read("--fold"),
    dot: read("--dot"),
    grid: read("--grid"),
    ramp: ramp(STOPS.map(read).map(channels)),
  };
}

/** Calls `changed` when light turns to dark, or back. */
export function onScheme(changed) {
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
}

function channels(hex) {
  return [1, 3, 5].map((start) => Number.parseInt(hex.slice(start, start + 2), 16));
}

function ramp(stops) {
  const table = new Uint8ClampedArray(256 * 3);
  for (let level = 0; level < 256; level += 1) {
    const place = (level / 255) ** TONE * (stops.length - 1);
    const below = Math.min(Math.floor(place), stops.length - 2);
    for (let channel = 0; channel < 3; channel += 1) {
      const [from, to] = [stops[below][channel], stops[below + 1][channel]];
      table[level * 3 + channel] = from + (to - from) * (place - below);
    }
  }
  return table;
}
