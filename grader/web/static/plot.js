// One panel on its canvas: a density, the samples on it, and what else is laid over it.

import { drawAxes, Frame } from "./axes.js";

const DOT = 1.6; // Side of a sample's dot, in CSS pixels.
const SOME = 700; // So many samples lie on a density without hiding it.

export class Plot {
  #pen;
  #bitmaps = new WeakMap(); // By density: its picture in the colours of then.

  constructor(canvas, names) {
    this.canvas = canvas;
    this.names = names;
    this.#pen = canvas.getContext("2d");
    this.frame = null;
  }

  /** The canvas has another size or the page other colours: pictures are made anew. */
  forget() {
    this.#bitmaps = new WeakMap();
  }

  /**
   * Draws a scene: {extent, layers: [{density, share, opacity}], dots, faint, cells, lines, marks, focus}.
   *
   * Arrays of points are flat: x, y, x, y, … A cell has three points, a mark {at: [x, y], text}.
   */
  draw(scene, colour) {
    const pen = this.#pen;
    const [width, height] = this.#fit();
    pen.clearRect(0, 0, width, height);
    const frame = (this.frame = new Frame(scene.extent, width, height));
    pen.fillStyle = colour.sheet;
    pen.fillRect(frame.left, frame.top, frame.width, frame.height);
    pen.save();
    frame.clip(pen);
    for (const layer of scene.layers) this.#density(layer, colour);
    if (scene.cells) this.#cells(scene.cells, colour);
    if (scene.mesh) this.#mesh(scene.mesh, colour);
    if (scene.dots) this.#dots(scene.dots, scene.faint, colour);
    for (const mark of scene.marks) this.#mark(mark, colour);
    if (scene.focus) this.#focus(scene.focus, colour);
    pen.restore();
    drawAxes(pen, frame, this.names, colour);
  }

  /** Makes the canvas as fine as the screen; its size in CSS pixels. */
  #fit() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const scale = window.devicePixelRatio || 1;
    const [columns, rows] = [Math.round(width * scale), Math.round(height * scale)];
    if (this.canvas.width !== columns || this.canvas.height !== rows) {
      this.canvas.width = columns;
      this.canvas.height = rows;
    }
    this.#pen.setTransform(columns / width, 0, 0, rows / height, 0, 0);
    return [width, height];
  }

  #density({ density, share = 1, opacity = 1 }, colour) {
    if (opacity <= 0) return;
    const [x0, x1, y0, y1] = density.extent;
    const { frame } = this;
    const pen = this.#pen;
    pen.globalAlpha = opacity;
    const [left, top] = [frame.column(x0), frame.row(y1)];
    pen.drawImage(this.#bitmap(density, share, colour.ramp), left, top, frame.column(x1) - left, frame.row(y0) - top);
    pen.globalAlpha = 1;
  }

  #bitmap(density, share, ramp) {
    const kept = this.#bitmaps.get(density);
    if (kept?.share === share && kept.ramp === ramp) return kept.bitmap;
    const { rows, columns, values } = density;
    const bitmap = new OffscreenCanvas(columns, rows);
    const pen = bitmap.getContext("2d");
    const image = pen.createImageData(columns, rows);
    for (let row = 0; row < rows; row += 1) {
      for (let column = 0; column < columns; column += 1) {
        // Rows of the density go up, those of a picture down.
        const level = Math.round(values[(rows - 1 - row) * columns + column] * share) * 3;
        const at = (row * columns + column) * 4;
        image.data[at] = ramp[level];
        image.data[at + 1] = ramp[level + 1];
        image.data[at + 2] = ramp[level + 2];
        image.data[at + 3] = 255;
      }
    }
    pen.putImageData(image, 0, 0);
    this.#bitmaps.set(density, { share, ramp, bitmap });
    return bitmap;
  }

  #dots(dots, faint, colour) {
    const pen = this.#pen;
    pen.fillStyle = colour.dot;
    pen.globalAlpha = faint ? 0.45 : 0.75;
    const end = faint ? Math.min(dots.length, 2 * SOME) : dots.length;
    for (let at = 0; at < end; at += 2) {
      pen.fillRect(this.frame.column(dots[at]) - DOT / 2, this.frame.row(dots[at + 1]) - DOT / 2, DOT, DOT);
    }
    pen.globalAlpha = 1;
  }

  /** Hatched, so that it reads without colour. */
  #cells(cells, colour) {
    const pen = this.#pen;
    pen.beginPath();
    for (let at = 0; at < cells.length; at += 6) {
      if (!Number.isFinite(cells[at])) continue;
      pen.moveTo(this.frame.column(cells[at]), this.frame.row(cells[at + 1]));
      pen.lineTo(this.frame.column(cells[at + 2]), this.frame.row(cells[at + 3]));
      pen.lineTo(this.frame.column(cells[at + 4]), this.frame.row(cells[at + 5]));
    }
    pen.fillStyle = this.#hatching(colour.fold);
    pen.fill();
  }

  #hatching(colour) {
    const tile = new OffscreenCanvas(14, 14);
    const pen = tile.getContext("2d");
    pen.strokeStyle = colour;
    pen.lineWidth = 1.5;
    pen.beginPath();
    for (const start of [-14, 0, 14]) {
      pen.moveTo(start, 14);
      pen.lineTo(start + 14, 0);
    }
    pen.stroke();
    const pattern = this.#pen.createPattern(tile, "repeat");
    pattern.setTransform(new DOMMatrix().scale(0.5));
    return pattern;
  }

  #mesh({ lines, points, at }, colour) {
    const pen = this.#pen;
    pen.beginPath();
    for (let line = 0; line < lines; line += 1) {
      let drawing = false; // A line ends where it has no point.
      for (let index = line * points; index < (line + 1) * points; index += 1) {
        const [x, y] = [at[2 * index], at[2 * index + 1]];
        const exists = Number.isFinite(x) && Number.isFinite(y);
        if (exists && drawing) pen.lineTo(this.frame.column(x), this.frame.row(y));
        else if (exists) pen.moveTo(this.frame.column(x), this.frame.row(y));
        drawing = exists;
      }
    }
    pen.strokeStyle = colour.grid;
    pen.lineWidth = 1;
    pen.stroke();
  }

  #mark({ at, text }, colour) {
    const pen = this.#pen;
    const [x, y] = [this.frame.column(at[0]), this.frame.row(at[1])];
    const wide = 9 + 3 * (text.length - 1);
    pen.beginPath();
    pen.roundRect(x - wide, y - 9, 2 * wide, 18, 9);
    pen.fillStyle = colour.ink;
    pen.fill();
    pen.strokeStyle = colour.sheet;
    pen.lineWidth = 2;
    pen.stroke();
    pen.fillStyle = colour.sheet;
    pen.font = "600 11px system-ui, sans-serif";
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillText(text, x, y + 0.5);
  }

  #focus([x, y], colour) {
    const pen = this.#pen;
    const [column, row] = [this.frame.column(x), this.frame.row(y)];
    for (const [radius, width, stroke] of [[6, 5, colour.sheet], [6, 2.5, colour.ink]]) {
      pen.beginPath();
      pen.arc(column, row, radius, 0, 2 * Math.PI);
      pen.strokeStyle = stroke;
      pen.lineWidth = width;
      pen.stroke();
    }
  }
}
