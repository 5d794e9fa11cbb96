// Follows a submission until it is graded: asks for its page again, and takes the element from it.

const FIRST_DELAY = 150; // A grading takes a fraction of a second when nobody is ahead.
const LONGEST_DELAY = 3000;
const GROWTH = 1.5;

/** The submission's element from its page, as the server renders it. */
export async function fetchSubmission(address) {
  const response = await fetch(address, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const element = page.querySelector("#submission");
  if (!response.ok || !element) throw new Error(`status ${response.status}`);
  return element;
}

/** Calls `show` with each new element until it is graded or `signal` is aborted. */
export async function follow(address, show, signal) {
  let delay = FIRST_DELAY;
  while (!signal?.aborted) {
    let element = null;
    try {
      element = await fetchSubmission(address);
    } catch {
      // Offline or restarting: it is stored, so asking again is all there is to do.
    }
    if (signal?.aborted) return;
    if (element) {
      show(element);
      if (element.dataset.state === "graded") return;
    }
    await new Promise((resolve) => setTimeout(resolve, delay));
    delay = Math.min(delay * GROWTH, LONGEST_DELAY);
  }
}

/** Gives each block that is meant to be pasted a button that copies it. */
export function addCopyButtons(root) {
  if (!navigator.clipboard) return;
  for (const block of root.querySelectorAll("pre[data-copy]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(block.textContent);
      button.textContent = "Copied";
    });
    block.after(button);
  }
}

const shown = document.querySelector(".sheet #submission");
if (shown) {
  addCopyButtons(shown);
  if (shown.dataset.state !== "graded") {
    follow(shown.dataset.page, (element) => {
      document.querySelector("#submission").replaceWith(element);
      addCopyButtons(element);
      if (element.dataset.state === "graded") {
        document.title = `${element.querySelector("[data-verdict]").textContent} · Pushforward`;
      }
    });
  }
}
