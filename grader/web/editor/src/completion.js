// Completion: the names that the sandbox has, as the service lists them, and those of the program.

import { localCompletionSource } from "@codemirror/lang-python";
import { syntaxTree } from "@codemirror/language";

import { importsOf, kindOf, membersOfSelf } from "./program.js";

const NOTHING = { keywords: [], builtins: {}, modules: {}, types: {} };
const WORD = /^\w*$/;

/** The source of completions that asks `address` for the sandbox's names when they are first needed. */
export function completeFrom(address) {
  let asked = null;
  const names = () =>
    (asked ??= fetch(address)
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
      .catch(() => {
        asked = null; // Offline: the program's own names are completed, and the next key asks again.
        return NOTHING;
      }));
  return async (context) => {
    const place = placeOf(context);
    return place && place.complete(context, await names(), place);
  };
}

/** Where the cursor is: in an import, after a dot, or in a name; null where nothing is completed. */
function placeOf(context) {
  const inside = syntaxTree(context.state).resolveInner(context.pos, -1).name;
  if (["String", "FormatString", "Comment", "Number"].includes(inside)) return null;
  const line = context.state.doc.lineAt(context.pos);
  const before = line.text.slice(0, context.pos - line.from);
  for (const [pattern, complete] of PLACES) {
    const found = pattern.exec(before);
    if (found) return { complete, owner: found.groups.owner, from: context.pos - found.groups.word.length };
  }
  return null;
}

const PLACES = [
  [/^\s*from\s+(?<owner>[\w.]+)\s+import\s+\(?(?:[\w\s]+,\s*)*(?<word>\w*)$/, completeImported],
  [/^\s*(?:from\s+|import\s+(?:[\w\s.]+,\s*)*)(?<word>[\w.]*)$/, completeModule],
  [/(?<owner>[\p{L}_][\p{L}\w.]*|[)\]])\.(?<word>\w*)$/u, completeMember],
  [/(?<![\p{L}\w.])(?<word>(?:[\p{L}_][\p{L}\w]*)?)$/u, completeName],
];

function completeImported(_context, names, { owner, from }) {
  return options(from, described(names.modules[owner]));
}

function completeModule(_context, names, { from }) {
  return options(from, Object.keys(names.modules).map((label) => ({ label })), /^[\w.]*$/);
}

function completeMember(context, names, { owner, from }) {
  const program = context.state.doc.toString();
  if (owner === "self") return options(from, membersOfSelf(program).map((label) => ({ label })));
  const whole = importsOf(program).get(owner.split(".")[0]);
  const module = whole && [whole, ...owner.split(".").slice(1)].join(".");
  if (module in names.modules) return options(from, described(names.modules[module]));
  if (whole && module !== whole) return null; // np.sin. has nothing to offer.
  return options(from, described(names.types[kindOf(program, owner)]));
}

async function completeName(context, names, { from }) {
  if (from === context.pos && !context.explicit) return null;
  const own = (await localCompletionSource(context))?.options ?? [];
  const taken = new Set(own.map((option) => option.label));
  const known = [...described(names.builtins), ...names.keywords.map((label) => ({ label }))];
  return options(from, [
    ...own.map(({ label }) => ({ label, boost: 1 })),
    ...known.filter((option) => !taken.has(option.label)),
  ], /^[\p{L}\w]*$/u);
}

function described(table = {}) {
  return Object.entries(table).map(([label, info]) => (info ? { label, info } : { label }));
}

function options(from, found, validFor = WORD) {
  return found.length ? { from, options: found, validFor } : null;
}
