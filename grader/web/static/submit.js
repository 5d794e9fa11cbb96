// Hands the code in: says at once that it was accepted, then shows the report beside the editor.

import { addCopyButtons } from "./copying.js";
import { ask, newKey, Problem } from "./service.js";
import { follow } from "./submission.js";
import { tellTrouble } from "./trouble.js";
import { words } from "./words.js";

/**
 * Wires the form. `status` is the line that says where it is, `result` is where the report goes,
 * `text()` is what is written, and `counted(problem)` is called when a submission was accepted,
 * graded, or refused with a problem.
 */
export function offerSubmitting({ form, status, result, text, counted }) {
  let following = null; // The submission that the page follows; a newer one takes its place.
  let unanswered = null; // What was sent and may have arrived: the same again is no second submission.

  function say(sentence, isError = false) {
    status.textContent = sentence;
    status.classList.toggle("error", isError);
  }

  function show(element) {
    const waiting = element.querySelector("[data-waiting] h2");
    if (waiting) return say(waiting.textContent);
    const verdict = element.querySelector("[data-verdict]").textContent;
    const score = element.querySelector("[data-score]")?.textContent;
    say(words("graded", { verdict: [verdict, score].filter(Boolean).join(", ") }));
    result.replaceChildren(element, linkTo(element.dataset.page));
    addCopyButtons(element);
    reveal();
  }

  /** Brings the report into sight: in its pane, or on a phone, where it is below the editor. */
  function reveal() {
    const pane = result.parentElement;
    if (getComputedStyle(pane).overflowY === "auto") pane.scrollTop = result.offsetTop - pane.offsetTop;
    else if (result.getBoundingClientRect().top > window.innerHeight * 0.8) result.scrollIntoView();
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    following?.abort();
    const run = (following = new AbortController());
    say(words("sending"));
    result.setAttribute("aria-busy", "true"); // The last report stays, dimmed, until the next is there.
    try {
      const body = { ...handedIn(form), source: text() };
      const sent = JSON.stringify(body);
      if (unanswered?.sent !== sent) unanswered = { sent, key: newKey() };
      const { json } = await ask(form.dataset.api, { body, key: unanswered.key, signal: run.signal });
      unanswered = null;
      counted();
      const { page } = json.links;
      // Signed out meanwhile: it was accepted, and its own page asks to sign in.
      const gone = () => result.replaceChildren(linkTo(page));
      await follow(page, show, { signal: run.signal, gone });
      counted();
    } catch (problem) {
      if (run.signal.aborted) return;
      if (!(problem instanceof Problem)) throw problem;
      if (!problem.isOffline) unanswered = null;
      say("", true);
      if (problem.isOffline) say(words("not-sent"), true);
      else tellTrouble(status, problem, form.dataset.signIn);
      counted(problem);
    }
    if (following === run) result.removeAttribute("aria-busy");
  });
}

/** What goes with the code: the hidden fields of the form, but for those that only forms need. */
function handedIn(form) {
  const fields = form.querySelectorAll("input[type=hidden][data-sent]");
  return Object.fromEntries([...fields].map((field) => [field.name, field.value]));
}

function linkTo(address) {
  const line = document.createElement("p");
  line.className = "permalink";
  line.append(Object.assign(document.createElement("a"), { href: address, textContent: words("own-page") }));
  return line;
}
