// Finds samples on a panel: the nearest to a pointer, and the next one in a direction.

const NEAR = 28; // A pointer takes the nearest sample within so many CSS pixels.

/** The index of the dot that is nearest to a place on the canvas, or -1 where none is near. */
export function nearest(frame, dots, column, row) {
  let best = -1;
  let least = NEAR ** 2;
  for (let at = 0; at < dots.length; at += 2) {
    const distance = (frame.column(dots[at]) - column) ** 2 + (frame.row(dots[at + 1]) - row) ** 2;
    if (distance < least) [best, least] = [at / 2, distance];
  }
  return best;
}

/**
 * The index of the next dot in a direction ([1, 0] is right, [0, 1] up), or `from` where none is.
 *
 * Without a dot to start from, -1, it is the one nearest to the middle.
 */
export function next(frame, dots, from, [right, up]) {
  const { left, top, width, height } = frame;
  if (from < 0) return nearest(frame, dots, left + width / 2, top + height / 2);
  const place = (index) => [frame.column(dots[2 * index]), frame.row(dots[2 * index + 1])];
  const start = place(from);
  let best = from;
  let least = Infinity;
  for (let index = 0; index < dots.length / 2; index += 1) {
    const [column, row] = place(index);
    const [across, along] = [column - start[0], start[1] - row];
    const ahead = across * right + along * up;
    const beside = Math.abs(across * up) + Math.abs(along * right);
    const inside = column >= left && column <= left + width && row >= top && row <= top + height;
    // Straight ahead counts more than near: a key that is held down crosses the whole panel.
    const cost = ahead + 3 * beside;
    if (inside && ahead > 0.5 && beside <= ahead && cost < least) [best, least] = [index, cost];
  }
  return best;
}
