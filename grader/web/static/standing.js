// How one stands in an assignment: taken anew from the service after each submission.

import { Cooldown } from "./cooldown.js";

/** Keeps the standing and the button of `form` up to date; none outside an assignment. */
export function keepStanding(form) {
  if (!document.querySelector("#standing")) return;
  const button = form.querySelector("#submit");
  const cooldown = new Cooldown(
    button,
    form.querySelector("#countdown"),
    form.querySelector("#countdown-spoken"),
  );

  function apply() {
    const standing = document.querySelector("#standing");
    if ("closed" in standing.dataset) {
      cooldown.until(null);
      button.disabled = true;
      return;
    }
    wait(Number(standing.dataset.waitSeconds));
  }

  function wait(seconds) {
    cooldown.until(seconds > 0 ? new Date(Date.now() + seconds * 1000) : null);
  }

  let asked = 0;

  async function refresh() {
    const turn = (asked += 1);
    try {
      const response = await fetch(window.location.pathname, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = page.querySelector("#standing");
      // An answer that was overtaken says how one stood before.
      if (!fresh || turn !== asked) return;
      document.querySelector("#standing").replaceWith(fresh);
      apply();
    } catch {
      // No network: what it says stays, and the service decides anyway.
    }
  }

  form.addEventListener("counted", (event) => {
    if (event.detail?.retryAfter) wait(event.detail.retryAfter);
    else refresh();
  });
  apply();
}
