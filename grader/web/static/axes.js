// The frame of a panel: which part of the plane it shows, its ticks, and the way to pixels.

/** Room for the numbers, in CSS pixels. */
const MARGIN = { left: 34, right: 10, top: 7, bottom: 24 };
const MOST_TICKS = 6;

/** Where points of the plane are on a canvas of this size that shows `extent` = [x0, x1, y0, y1]. */
export class Frame {
  constructor(extent, width, height) {
    this.extent = extent;
    this.left = MARGIN.left;
    this.top = MARGIN.top;
    this.width = width - MARGIN.left - MARGIN.right;
    this.height = height - MARGIN.top - MARGIN.bottom;
  }

  column(x) {
    const [x0, x1] = this.extent;
    return this.left + ((x - x0) / (x1 - x0)) * this.width;
  }

  row(y) {
    const [, , y0, y1] = this.extent;
    return this.top + ((y1 - y) / (y1 - y0)) * this.height;
  }

  /** Confines drawing to the inside. */
  clip(pen) {
    pen.beginPath();
    pen.rect(this.left, this.top, this.width, this.height);
    pen.clip();
  }
}

/** Draws the border, the ticks and the axes' names. */
export function drawAxes(pen, frame, names, colour) {
  const { left, top, width, height, extent } = frame;
  const bottom = top + height;
  pen.strokeStyle = colour.line;
  pen.lineWidth = 1;
  pen.strokeRect(left + 0.5, top + 0.5, width - 1, height - 1);
  pen.fillStyle = colour.soft;
  pen.strokeStyle = colour.soft;
  pen.font = "11px system-ui, sans-serif";
  pen.beginPath();
  pen.textAlign = "center";
  pen.textBaseline = "top";
  for (const tick of ticks(extent[0], extent[1])) {
    const at = Math.round(frame.column(tick.value)) + 0.5;
    pen.moveTo(at, bottom);
    pen.lineTo(at, bottom + 4);
    pen.fillText(tick.text, at, bottom + 7);
  }
  pen.textAlign = "right";
  pen.textBaseline = "middle";
  for (const tick of ticks(extent[2], extent[3])) {
    const at = Math.round(frame.row(tick.value)) + 0.5;
    pen.moveTo(left, at);
    pen.lineTo(left - 4, at);
    pen.fillText(tick.text, left - 7, at + 0.5);
  }
  pen.stroke();
  drawNames(pen, frame, names, colour);
}

/** The axes' names, inside the frame where each axis ends: outside are the numbers. */
function drawNames(pen, { left, top, width, height }, names, colour) {
  pen.font = "italic 14px 'STIX Two Text', 'Cambria Math', Cambria, 'Times New Roman', serif";
  pen.strokeStyle = colour.sheet;
  pen.lineWidth = 3;
  pen.fillStyle = colour.ink;
  const places = [
    [names[0], "right", "bottom", left + width - 6, top + height - 5],
    [names[1], "left", "top", left + 7, top + 6],
  ];
  for (const [name, align, baseline, x, y] of places) {
    pen.textAlign = align;
    pen.textBaseline = baseline;
    pen.strokeText(name, x, y);
    pen.fillText(name, x, y);
  }
}

/** Round values from `low` to `high`, at most MOST_TICKS, each with its text. */
function ticks(low, high) {
  const span = high - low;
  const power = 10 ** Math.floor(Math.log10(span / MOST_TICKS));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => span / size <= MOST_TICKS);
  if (!step) return []; // The span is no number that has ticks.
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const found = [];
  for (let count = Math.ceil(low / step); count * step <= high; count += 1) {
    found.push({ value: count * step, text: label(count * step, step, digits) });
  }
  return found;
}

function label(value, step, digits) {
  const size = Math.abs(value);
  const far = size >= 1e4 || (step < 1e-3 && size > 0);
  const text = far ? value.toExponential(1).replace(".0e", "e").replace("e+", "e") : value.toFixed(Math.min(digits, 6));
  return text.replaceAll("-", "−");
}
