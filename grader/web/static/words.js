// The sentences of the scripts: the page brings them along in its own language.

const block = document.querySelector("#words");
const sentences = block ? JSON.parse(block.textContent) : {};

/** The sentence of this name, with `values` in place of its {names}. */
export function words(name, values = {}) {
  const sentence = sentences[name] ?? name;
  return sentence.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}

/** What the code editor says, by its own English: the page's language for each. */
export const phrases = sentences.editor ?? {};

/** A number as it is read in a sentence: three digits that say something. */
export function number(value) {
  if (!Number.isFinite(value)) return words("not-finite");
  const size = Math.abs(value);
  const text =
    size !== 0 && (size >= 1e4 || size < 5e-4) ? value.toExponential(2) : value.toFixed(size < 10 ? 3 : 1);
  return text.replace(/^-(?=0\.?0*$)/, "").replaceAll("-", "−");
}

/** A point as it is read in a sentence. */
export function point(pair) {
  return `(${number(pair[0])}, ${number(pair[1])})`;
}
