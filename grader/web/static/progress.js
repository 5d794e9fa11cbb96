// Follows what goes on in the background: takes its progress from the service now and then.

const PAUSE = 2000;

async function look() {
  if (document.hidden) return true;
  const address = new URL(window.location.href);
  address.search = "?part=progress";
  const response = await fetch(address, { headers: { Accept: "text/html" } });
  if (response.redirected || response.status === 404) return false;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.querySelector("#progress");
  const shown = document.querySelector("#progress");
  if (!response.ok || !fresh) return true;
  if (fresh.dataset.stage !== shown.dataset.stage) {
    // What can be done now is another thing, so all of the page is.
    window.location.reload();
    return false;
  }
  // Kept in place: a region whose words change is read out, one that is replaced may not be.
  const bar = shown.querySelector("progress");
  const words = shown.querySelector("[role=status]");
  bar.value = fresh.querySelector("progress").value;
  const said = fresh.querySelector("[role=status]").textContent;
  if (words.textContent !== said) words.textContent = said;
  return true;
}

async function follow() {
  let goesOn = true;
  while (goesOn) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
    // Offline or restarting: the service goes on by itself, so asking again is all there is to do.
    goesOn = await look().catch(() => true);
  }
}

// There is a bar as long as something goes on.
if (document.querySelector("#progress progress")) follow();
