// The pages of the interface: open the shape that the address names, and ask what can be read.

/** Opens the shape that the address points into, where the browser has not. */
function openNamed() {
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const closed = named?.closest("details:not([open])");
  if (!closed) return;
  closed.open = true;
  named.scrollIntoView();
}

/** The address that a form asks: its parts filled in, and what else was said after the ?. */
function address(form) {
  let path = form.dataset.address;
  const query = new URLSearchParams();
  for (const { name, value, dataset } of form.querySelectorAll("input")) {
    if (dataset.place === "path") path = path.replace(`{${name}}`, encodeURIComponent(value));
    else if (value) query.set(name, value);
  }
  return query.size ? `${path}?${query}` : path;
}

/** What an answer holds, to be read; a picture or an archive is only named. */
async function content(answer) {
  const type = answer.headers.get("Content-Type") ?? "";
  if (!/json|text/.test(type)) return `${type}, ${(await answer.blob()).size} bytes`;
  const text = await answer.text();
  return type.includes("json") ? JSON.stringify(JSON.parse(text), null, 2) : text;
}

async function ask(form) {
  const said = form.querySelector(".said");
  const shown = form.querySelector(".answer");
  const path = address(form);
  said.textContent = path;
  shown.hidden = true;
  try {
    const answer = await fetch(path, { headers: { Accept: "application/json, */*;q=0.5" } });
    shown.textContent = await content(answer);
    shown.hidden = false;
    said.textContent = `GET ${path} → ${answer.status} ${answer.statusText}`;
  } catch (error) {
    said.textContent = `GET ${path}: ${error.message}`;
  }
}

for (const form of document.querySelectorAll(".try")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask(form);
  });
}
addEventListener("hashchange", openNamed);
openNamed();
