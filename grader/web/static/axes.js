// The frame of a panel: which part of the plane it shows, its ticks, and the way to pixels.

/** Room for the numbers, in CSS pixels. */
const MARGIN = { left: 42, right: 10, top: 7, bottom: 24 };
const MOST_TICKS = 6;
/** Numbers of this size have few digits; others count in a power of ten, which the axis' name tells. */
const PLAIN = [0.5, 1000];
/** From 0 to the middle it may be so many times half the range; beyond, an axis counts from near there. */
const FAR = 20;

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
  const [across, up] = [axisOf(extent[0], extent[1]), axisOf(extent[2], extent[3])];
  pen.beginPath();
  pen.textAlign = "center";
  pen.textBaseline = "top";
  for (const { share, text } of across.ticks) {
    const at = Math.round(left + share * width) + 0.5;
    pen.moveTo(at, bottom);
    pen.lineTo(at, bottom + 4);
    // The last one stays whole.
    const end = left + width + MARGIN.right - pen.measureText(text).width / 2;
    pen.fillText(text, Math.min(at, end), bottom + 7);
  }
  pen.textAlign = "right";
  pen.textBaseline = "middle";
  for (const { share, text } of up.ticks) {
    const at = Math.round(top + (1 - share) * height) + 0.5;
    pen.moveTo(left, at);
    pen.lineTo(left - 4, at);
    pen.fillText(text, left - 7, at + 0.5);
  }
  pen.stroke();
  drawNames(pen, frame, names, [across.unit, up.unit], colour);
}

/** The axes' names with their units, inside the frame where each axis ends: outside are the numbers. */
function drawNames(pen, { left, top, width, height }, names, units, colour) {
  pen.strokeStyle = colour.sheet;
  pen.lineWidth = 3;
  pen.fillStyle = colour.ink;
  pen.textAlign = "left";
  pen.textBaseline = "alphabetic";
  const parts = names.map((name, axis) => [
    [name, "italic 14px 'STIX Two Text', 'Cambria Math', Cambria, 'Times New Roman', serif"],
    [units[axis] && ` ${units[axis]}`, "11px system-ui, sans-serif"],
  ]);
  const size = ([text, font]) => ((pen.font = font), pen.measureText(text).width);
  const lengths = parts[0].map(size);
  const starts = [
    [left + width - 6 - lengths[0] - lengths[1], top + height - 9],
    [left + 7, top + 17],
  ];
  parts.forEach((written, axis) => {
    let [x, y] = starts[axis];
    for (const part of written) {
      const advance = size(part); // Which also sets the font.
      pen.strokeText(part[0], x, y);
      pen.fillText(part[0], x, y);
      x += advance;
    }
  });
}

/** The ticks of an axis from `low` to `high`, {share, text}, with what their numbers count in. */
function axisOf(low, high) {
  const origin = originOf(low, high);
  const largest = Math.max(Math.abs(low - origin), Math.abs(high - origin));
  if (!(largest > 0 && largest < Infinity)) return { ticks: [], unit: "" };
  const power = largest >= PLAIN[0] && largest < PLAIN[1] ? 0 : Math.floor(Math.log10(largest));
  const [from, to] = [(low - origin) / 10 ** power, (high - origin) / 10 ** power];
  const times = power ? `×${powerOfTen(power)}` : "";
  const plus = origin ? `${origin > 0 ? "+" : "−"}${decimal(Math.abs(origin))}` : "";
  return {
    ticks: ticks(from, to).map(({ value, text }) => ({ share: (value - from) / (to - from), text })),
    // As an equation, its dots standing for an axis' number: x₁ = … ×10⁵.
    unit: times || plus ? ["= …", times, plus].filter(Boolean).join(" ") : "",
  };
}

/** What an axis counts from: 0, or a round number in a narrow range that is far from 0. */
function originOf(low, high) {
  const [middle, half] = [low / 2 + high / 2, high / 2 - low / 2];
  const far = Math.abs(middle) / half;
  if (!(far > FAR && far < Infinity)) return 0;
  return Number(middle.toPrecision(Math.min(Math.floor(Math.log10(far)) + 1, 15)));
}

function powerOfTen(power) {
  return `10${[...String(power)].map((sign) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)]).join("")}`;
}

function decimal(value) {
  const [digits, power] = String(value).split("e");
  return power ? `${digits}×${powerOfTen(Number(power))}` : digits;
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
    const text = (count * step).toFixed(Math.min(digits, 6)).replace("-", "−");
    found.push({ value: count * step, text });
  }
  return found;
}
