// The live picture: p(z) and p(x) side by side, with the samples that go from the one to the other.

import { colours, onScheme } from "./colours.js";
import { nearest, next } from "./pointing.js";
import { readDensity, readPicture } from "./picture.js";
import { Plot } from "./plot.js";
import { point, words } from "./words.js";

const DIRECTIONS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
/** On the way from z to x, densities fade over this share of it: between the ends there is none. */
const FADE = 0.12;
const WHOLE_PLANE = [-4, 4, -4, 4];

export class Stage {
  #picture = null;
  #target = null;
  #share = 1; // How far the samples are on their way: 0 at z, 1 at x = f(z).
  #focus = -1;
  #frame = 0;

  /** `root` is the element of the template that holds the canvases and what controls them. */
  constructor(root) {
    this.root = root;
    this.readout = root.querySelector("[data-readout]");
    this.left = new Plot(root.querySelector("canvas[data-plot=z]"), ["z₁", "z₂"]);
    this.right = new Plot(root.querySelector("canvas[data-plot=x]"), ["x₁", "x₂"]);
    this.colours = colours();
    onScheme(() => this.#repaint());
    for (const plot of [this.left, this.right]) this.#listen(plot);
    root.addEventListener("change", (event) => {
      if (event.target.matches("[name=layer], [name=left]")) this.draw();
    });
    new ResizeObserver(() => this.draw()).observe(this.left.canvas);
    // A screen of another fineness: the window went to it, or the page was zoomed.
    window.addEventListener("resize", () => this.draw());
    this.#describe();
  }

  /** Shows the picture of a preview's result; without one, the last stays, dimmed. */
  show(result) {
    const picture = readPicture(result);
    this.root.toggleAttribute("data-stale", !picture && this.#picture !== null);
    if (!picture) return;
    this.#picture = picture;
    if (this.#focus >= picture.count) this.#focus = -1;
    this.#offer("folds", picture.folds);
    this.#offer("witness", picture.witness);
    this.#offer("grid", picture.mesh);
    this.#describe();
    this.draw();
  }

  /** Shows a target's density where the reader asks for it. */
  compare(view) {
    this.#target = readDensity(view.density);
    this.draw();
  }

  /** Puts the samples so far on their way, 0 … 1. */
  set share(share) {
    this.#share = share;
    this.draw();
  }

  get share() {
    return this.#share;
  }

  /** Draws both panels in the next frame. */
  draw() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      const comparing = this.#comparing();
      this.root.toggleAttribute("data-comparing", comparing);
      const [left, right] = comparing ? this.#comparison() : [this.#start(), this.#way()];
      this.left.names = comparing ? ["x₁", "x₂"] : ["z₁", "z₂"];
      this.left.draw(left, this.colours);
      this.right.draw(right, this.colours);
      this.root.dataset.share = this.#share.toFixed(2);
      this.root.dataset.focus = this.#focus;
    });
  }

  /* What is seen ---------------------------------------------------------------------------- */

  #has(layer) {
    const box = this.root.querySelector(`[name=layer][value=${layer}]`);
    return Boolean(box?.checked && !box.disabled);
  }

  #comparing() {
    return this.#target !== null && this.root.querySelector("[name=left][value=target]")?.checked === true;
  }

  /** The left panel: z. */
  #start() {
    const picture = this.#picture;
    if (!picture) return blank();
    const witness = this.#has("witness") ? picture.witness : null;
    return {
      ...this.#layers(0),
      extent: picture.densities.z.extent,
      layers: [{ density: picture.densities.z }],
      dots: this.#has("samples") ? picture.z : null,
      faint: true,
      marks: witness ? [mark(witness.z1, "1"), mark(witness.z2, "2")] : [],
    };
  }

  /** The right panel: where the samples are on their way, at the end x. */
  #way() {
    const picture = this.#picture;
    if (!picture) return blank();
    const share = this.#share;
    const { z, x } = picture.densities;
    const witness = this.#has("witness") ? picture.witness : null;
    const apart = witness && share < 1 - FADE;
    const marks = apart
      ? [mark(between(witness.z1, witness.x, share), "1"), mark(between(witness.z2, witness.x, share), "2")]
      : witness ? [mark(witness.x, "1, 2")] : [];
    const layers = [
      { density: z, opacity: 1 - share / FADE },
      { density: x, opacity: 1 - (1 - share) / FADE },
    ];
    const atEnd = layers.some((layer) => layer.opacity > 0.5);
    return {
      ...this.#layers(share),
      extent: between(z.extent, x.extent, share),
      layers,
      dots: this.#has("samples") || !atEnd ? between(picture.z, picture.x, share) : null,
      faint: atEnd,
      marks,
    };
  }

  #layers(share) {
    const { mesh, folds, z, x } = this.#picture;
    const focus = this.#focus;
    return {
      mesh: mesh && this.#has("grid") ? { ...mesh, at: between(mesh.z, mesh.x, share) } : null,
      cells: folds && this.#has("folds") ? between(folds.z, folds.x, share) : null,
      focus: focus < 0 ? null : between(pair(z, focus), pair(x, focus), share),
    };
  }

  /** The target beside p(x): the same part of the plane, and the same colour for the same density. */
  #comparison() {
    const target = this.#target;
    const own = this.#picture?.densities.x ?? null;
    const [a, b] = [target.extent, own?.extent ?? target.extent];
    const extent = [0, 2].flatMap((at) => [Math.min(a[at], b[at]), Math.max(a[at + 1], b[at + 1])]);
    const peak = Math.max(target.peak, own?.peak ?? 0);
    const scene = (density) => ({
      ...blank(),
      extent,
      layers: density ? [{ density, share: peak > 0 && density.peak > 0 ? density.peak / peak : 1 }] : [],
    });
    return [scene(target), scene(own)];
  }

  #repaint() {
    this.colours = colours();
    this.draw();
  }

  #offer(layer, exists) {
    const box = this.root.querySelector(`[name=layer][value=${layer}]`);
    if (box) box.disabled = !exists;
  }

  /* Pointing at samples --------------------------------------------------------------------- */

  #listen(plot) {
    const { canvas } = plot;
    const dots = () =>
      plot === this.left ? this.#picture.z : between(this.#picture.z, this.#picture.x, this.#share);
    const take = (event) => {
      if (!this.#picture || this.#comparing()) return;
      const box = canvas.getBoundingClientRect();
      this.#take(nearest(plot.frame, dots(), event.clientX - box.left, event.clientY - box.top));
    };
    canvas.addEventListener("pointermove", take);
    canvas.addEventListener("pointerdown", take);
    canvas.addEventListener("pointerleave", (event) => {
      // A finger that is lifted leaves what it showed to be read.
      if (event.pointerType === "mouse" && document.activeElement !== canvas) this.#take(-1);
    });
    canvas.addEventListener("keydown", (event) => {
      if (!this.#picture || this.#comparing() || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "Escape") this.#take(-1);
      else if (event.key in DIRECTIONS) {
        event.preventDefault();
        this.#take(next(plot.frame, dots(), this.#focus, DIRECTIONS[event.key]));
      }
    });
  }

  #take(index) {
    if (index === this.#focus) return;
    this.#focus = index;
    this.#describe();
    this.draw();
  }

  #describe() {
    const at = this.#focus;
    const shown = this.#picture && at >= 0;
    this.readout.textContent = shown
      ? words("sample", { z: point(pair(this.#picture.z, at)), x: point(pair(this.#picture.x, at)) })
      : words("pointing");
    this.readout.toggleAttribute("data-sample", Boolean(shown));
  }
}

function blank() {
  return { extent: WHOLE_PLANE, layers: [], dots: null, cells: null, mesh: null, marks: [], focus: null };
}

function mark(at, text) {
  return { at, text };
}

function pair(flat, index) {
  return [flat[2 * index], flat[2 * index + 1]];
}

/** (1 − share) a + share b, number by number. */
function between(a, b, share) {
  if (share === 0) return a;
  if (share === 1) return b;
  return a.map((value, index) => (1 - share) * value + share * b[index]);
}
