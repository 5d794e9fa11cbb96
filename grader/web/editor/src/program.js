// What a program's text says of its names, as far as completion wants to know it.

/** What each imported name stands for: `import numpy as np` makes "np" stand for "numpy". */
export function importsOf(program) {
  const found = new Map();
  for (const [, list] of program.matchAll(/^[ \t]*import[ \t]+(.+)$/gm)) {
    for (const { path, name } of named(list)) {
      if (name) found.set(name, path);
      else found.set(path.split(".")[0], path.split(".")[0]);
    }
  }
  for (const [, module, list] of program.matchAll(/^[ \t]*from[ \t]+([\w.]+)[ \t]+import[ \t]+\(?([^)\n]+)/gm)) {
    for (const { path, name } of named(list)) found.set(name ?? path, `${module}.${path}`);
  }
  return found;
}

/** The parts of `a.b as c, d`. */
function named(list) {
  return [...list.replace(/#.*/, "").matchAll(/([\w.]+)(?:\s+as\s+(\w+))?/g)].map(([, path, name]) => ({ path, name }));
}

/** What an expression is, told by how its name is first given a value; most things are arrays. */
export function kindOf(program, expression) {
  const name = expression.replace(/[^\p{L}\w]/gu, "");
  const value = name && new RegExp(`(?<![\\p{L}\\w.])${name}\\s*=\\s*(?!=)(.*)`, "u").exec(program)?.[1];
  if (!value) return "array";
  if (/\bdefault_rng\(/.test(value)) return "generator";
  if (/^\[/.test(value)) return "list";
  if (/^\{/.test(value)) return "dict";
  if (/^[rf]?["']/i.test(value)) return "str";
  return "array";
}

/** The attributes and methods that the program gives to `self`. */
export function membersOfSelf(program) {
  const found = [...program.matchAll(/\bself\.([\p{L}_][\p{L}\w]*)\s*(?:[-+*/@]?=(?!=)|:)/gu)];
  const methods = [...program.matchAll(/\bdef\s+([\p{L}_][\p{L}\w]*)\s*\(\s*self\b/gu)];
  return [...new Set([...found, ...methods].map(([, name]) => name))].filter((name) => !name.startsWith("__"));
}
