// A page that shows a secret once: a button copies it.
import { addCopyButtons } from "./copying.js";

addCopyButtons(document);
