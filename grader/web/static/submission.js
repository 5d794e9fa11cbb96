// Follows a submission until it is graded: asks for its page again, and takes the element from it.

import { addCopyButtons } from "./copying.js";

const FIRST_DELAY = 150; // A grading takes a fraction of a second when nobody is ahead.
const LONGEST_DELAY = 3000;
const GROWTH = 1.5;
const REGRADE_DELAY = 20_000; // A failure of ours is graded again in minutes, or in hours.

const wait = (delay) => new Promise((resolve) => setTimeout(resolve, delay));

/** The page is not shown any more to who asks: the session is over, or somebody else has signed in. */
class Gone extends Error {}

/** The submission's element from its page, as the server renders it. */
async function fetchSubmission(address) {
  const response = await fetch(address, { headers: { Accept: "text/html" } });
  if (response.redirected || response.status === 404) throw new Gone();
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const element = page.querySelector("#submission");
  if (!response.ok || !element) throw new Error(`status ${response.status}`);
  return element;
}

/**
 * Calls `show` with each new element until it is graded or `signal` is aborted. After a failure of
 * ours, `show` is called once more when it was graded again: nobody has to wait for that. `gone` is
 * called, and nothing more, when the page is not shown any more.
 */
export async function follow(address, show, { signal, gone }) {
  let delay = FIRST_DELAY;
  while (!signal?.aborted) {
    const element = await fetchSubmission(address).catch((error) => error);
    if (signal?.aborted) return;
    if (element instanceof Gone) return gone();
    // Without one: offline or restarting. It is stored, so asking again is all there is to do.
    if (!(element instanceof Error)) {
      show(element);
      if (element.dataset.state === "graded") {
        if (isToBeRegraded(element)) followRegrade(element, show, signal);
        return;
      }
    }
    await wait(delay);
    delay = Math.min(delay * GROWTH, LONGEST_DELAY);
  }
}

/** Calls `show` when a failure of ours was graded again; until then what is shown stays. */
export async function followRegrade(shown, show, signal) {
  const { page, attempt } = shown.dataset;
  while (!signal?.aborted) {
    await wait(REGRADE_DELAY);
    if (document.hidden) continue;
    const element = await fetchSubmission(page).catch(() => null);
    if (signal?.aborted) return;
    const { state, attempt: latest } = element?.dataset ?? {};
    if (state === "graded" && latest !== attempt) {
      show(element);
      if (!isToBeRegraded(element)) return;
      return followRegrade(element, show, signal);
    }
  }
}

function isToBeRegraded(element) {
  return "regrade" in element.dataset;
}

/** On paper nothing is folded away, and pictures further down are there too. */
function getReadyForPaper() {
  let unfolded = [];
  addEventListener("load", () => setTimeout(loadPictures, 500));
  addEventListener("beforeprint", () => {
    unfolded = [...document.querySelectorAll(".sheet details:not([open], .evidence)")];
    for (const details of unfolded) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of unfolded) details.open = false;
  });
}

/** Loads the pictures that were left for later, so that they come after all else. */
function loadPictures() {
  for (const image of document.querySelectorAll(".sheet img[loading=lazy]")) image.loading = "eager";
}

const shown = document.querySelector(".sheet #submission");
if (shown) {
  addCopyButtons(shown);
  getReadyForPaper();
  const said = document.querySelector("[data-said]");
  let fetched = ""; // As the server rendered it last.
  const show = (element) => {
    // What has not changed is not replaced: it may be being read.
    if (element.outerHTML === fetched) return;
    fetched = element.outerHTML;
    const verdict = element.querySelector("[data-verdict]")?.textContent;
    const score = element.querySelector("[data-score]")?.textContent;
    document.querySelector("#submission").replaceWith(element);
    addCopyButtons(element);
    said.textContent = verdict
      ? [verdict, score].filter(Boolean).join(", ")
      : element.querySelector("[data-waiting] h2").textContent;
    if (verdict) document.title = document.title.replace(/^[^·]*(?= ·)/, verdict);
  };
  if (shown.dataset.state !== "graded") follow(shown.dataset.page, show, { gone: () => location.reload() });
  else if (isToBeRegraded(shown)) followRegrade(shown, show);
}
