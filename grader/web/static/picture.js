// The numbers behind the live picture, taken out of a preview's JSON. Nothing is computed here.

/** The picture of a preview's result, or null where it has none. */
export function readPicture(result) {
  if (!result?.samples || !result.densities) return null;
  const { samples, densities, mesh, folds, witness, alt } = result;
  return {
    count: samples.count,
    z: floats(samples.z),
    x: floats(samples.x),
    densities: { z: readDensity(densities.z), x: readDensity(densities.x) },
    mesh: mesh && readMesh(mesh),
    folds: folds && { count: folds.count, share: folds.share, z: floats(folds.cells_z), x: floats(folds.cells) },
    witness,
    alt,
  };
}

/** A line of the mesh ends where f sends it nowhere: in z as well, so that both show the same. */
function readMesh({ shape: [lines, points], z, x }) {
  const [there, here] = [floats(x), floats(z)];
  return { lines, points, x: there, z: here.map((value, index) => (Number.isNaN(there[index]) ? NaN : value)) };
}

/** A density's grid: {extent: [x0, x1, y0, y1], rows, columns, values, peak}. */
export function readDensity(view) {
  const [rows, columns] = view.shape;
  return { extent: view.extent, rows, columns, values: bytes(view.values), peak: view.peak };
}

function bytes(base64) {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

function floats(base64) {
  return new Float32Array(bytes(base64).buffer);
}
