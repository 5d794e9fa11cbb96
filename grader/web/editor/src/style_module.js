// Stands in for style-mod's StyleModule: its rules go to constructed style sheets.
//
// style-mod writes a <style> element into a document, which the pages' policy (style-src 'self')
// refuses; a sheet that a script constructs is no inline style. The bundler puts this module where
// CodeMirror says "style-mod".

import { StyleModule as Rules } from "../node_modules/style-mod/src/style-mod.js";

/** What is mounted, by document or shadow root: one sheet, and the modules in it, in order. */
const mounted = new WeakMap();

export class StyleModule extends Rules {
  /** Makes the rules of these modules apply in `root`; a later module wins over an earlier one. */
  static mount(root, modules) {
    const asked = Array.isArray(modules) ? modules : [modules];
    let held = mounted.get(root);
    if (!held) {
      held = { sheet: new CSSStyleSheet(), modules: [] };
      mounted.set(root, held);
      root.adoptedStyleSheets = [held.sheet, ...root.adoptedStyleSheets];
    }
    if (asked.every((module) => held.modules.includes(module))) return;
    // What is asked for now keeps its order among itself; what only others ask for stands before.
    held.modules = [...held.modules.filter((module) => !asked.includes(module)), ...asked];
    held.sheet.replaceSync(held.modules.map((module) => module.getRules()).join("\n"));
  }
}
