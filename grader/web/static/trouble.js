// Says what went wrong with a request, and where a click mends it, offers that.

import { words } from "./words.js";

/**
 * Puts the sentence of `problem` (a Problem of service.js) into `line`. After a session that ended
 * or gave way to another one there is a link, `signIn` or the page itself, on which the draft is.
 */
export function tellTrouble(line, problem, signIn) {
  if (problem.isSignedOut) return line.replaceChildren(`${words("signed-out")} `, link(signIn, words("sign-in")));
  if (!problem.isOfOtherSession) return line.replaceChildren(told(problem.message));
  line.replaceChildren(`${words("other-session")} `, link(location.pathname, words("load-again")));
}

/** The service's own sentence, in English whatever the page's language is. */
function told(textContent) {
  return Object.assign(document.createElement("span"), { textContent, lang: "en" });
}

function link(href, textContent) {
  return Object.assign(document.createElement("a"), { href, textContent });
}
