// Drafts: what is written but not submitted, kept in this browser under a key of the page's.
//
// keepDraft(key, getText, kept)  keeps what getText() gives, soon, and at the latest when the page
//                                is left; kept(true or false) says whether there was room.
// readDraft(key)                 {text, at}, `at` a Date; null where there is none.
// forgetDraft(key)               also drops what keepDraft was about to keep.
// watchDraft(key, changed)       calls changed(draft or null) when another tab keeps or forgets it;
//                                returns a function that ends that.
//
// Storage can be forbidden or full, and can hold what another version wrote: then there is no
// draft, and everything else works all the same.

const PREFIX = "pushforward.draft.";
const VERSION = 2;
/** So many drafts are kept; then the oldest goes. */
const MOST = 50;
/** Writing waits for so long a pause, so that typing never waits for a disk. */
const PAUSE_MS = 250;

/** What is to be kept, by key: {getText, kept, timer}. */
const pending = new Map();

export function keepDraft(key, getText, kept = () => {}) {
  clearTimeout(pending.get(key)?.timer);
  pending.set(key, { getText, kept, timer: setTimeout(() => flush(key), PAUSE_MS) });
}

export function readDraft(key) {
  try {
    return parsed(localStorage.getItem(PREFIX + key));
  } catch {
    return null;
  }
}

export function forgetDraft(key) {
  clearTimeout(pending.get(key)?.timer);
  pending.delete(key);
  try {
    localStorage.removeItem(PREFIX + key);
  } catch {
    // There was none, then.
  }
}

export function watchDraft(key, changed) {
  // The event comes from other tabs only; its key is null when all was cleared.
  const listen = (event) => {
    if (event.storageArea !== localStorage) return;
    if (event.key === PREFIX + key) changed(parsed(event.newValue));
    else if (event.key === null) changed(null);
  };
  window.addEventListener("storage", listen);
  return () => window.removeEventListener("storage", listen);
}

function flush(key) {
  const { getText, kept, timer } = pending.get(key);
  clearTimeout(timer);
  pending.delete(key);
  kept(write(key, JSON.stringify({ version: VERSION, at: Date.now(), text: getText() })));
}

function flushAll() {
  for (const key of [...pending.keys()]) flush(key);
}

// A phone may end a hidden page without another word; `pagehide` alone would come too late.
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") flushAll();
});
window.addEventListener("pagehide", flushAll);

function write(key, value) {
  try {
    const others = oldestFirst().filter((name) => name !== PREFIX + key);
    while (others.length >= MOST) localStorage.removeItem(others.shift());
    for (;;) {
      try {
        localStorage.setItem(PREFIX + key, value);
        return true;
      } catch (error) {
        // Full: what was written longest ago makes room, until nothing is left to go.
        if (!others.length) return false;
        localStorage.removeItem(others.shift());
      }
    }
  } catch {
    return false;
  }
}

/** The names of all drafts; what cannot be read is the oldest of all. */
function oldestFirst() {
  const names = Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));
  const times = new Map(names.map((name) => [name, parsed(localStorage.getItem(name))?.at ?? 0]));
  return names.sort((a, b) => times.get(a) - times.get(b));
}

function parsed(value) {
  try {
    const { version, at, text } = JSON.parse(value);
    return version === VERSION && typeof text === "string" ? { text, at: new Date(at) } : null;
  } catch {
    return null;
  }
}
