// Asks the service: JSON there and back, and what went wrong in words that can be shown.

import { words } from "./words.js";

/** An answer that is no success, or none at all. `retryAfter` is in seconds, or null. */
export class Problem extends Error {
  constructor(message, { status = 0, retryAfter = null, type = "" } = {}) {
    super(message);
    this.status = status;
    this.retryAfter = retryAfter;
    this.type = type;
  }

  /** Whether nothing answered: no network, or a service that is being started again. */
  get isOffline() {
    return this.status === 0;
  }

  /** Whether who asks is no longer signed in: the session is over. */
  get isSignedOut() {
    return this.type.endsWith("/sign-in-required");
  }

  /** Whether the page belongs to a session other than the browser's: somebody signed in since. */
  get isOfOtherSession() {
    return this.type.endsWith("/stale-page");
  }

  /** Whether the same question may be answered later: too many at once, or nobody to answer it. */
  get isPassing() {
    return [429, 502, 503, 504].includes(this.status);
  }
}

/**
 * The answer's JSON, with its `status` and `retryAfter` beside it. What is sent twice with one
 * `key` is done once.
 *
 * Throws a Problem, or the AbortError of `signal`.
 */
export async function ask(address, { body, wait, key, signal } = {}) {
  const headers = { Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (wait) headers.Prefer = `wait=${wait}`;
  if (key) headers["Idempotency-Key"] = key;
  const token = document.querySelector("meta[name=csrf-token]")?.content;
  if (token) headers["X-CSRF-Token"] = token;
  let response;
  let json = null;
  try {
    const method = body === undefined ? "GET" : "POST";
    response = await fetch(address, { method, headers, signal, body: body && JSON.stringify(body) });
    json = await response.json();
  } catch (error) {
    if (signal?.aborted) throw error;
    if (!response) throw new Problem(words("unreachable"));
  }
  const retryAfter = Number(response.headers.get("Retry-After")) || null;
  if (response.ok && json) return { json, status: response.status, retryAfter };
  throw new Problem(sentence(json), { status: response.status, retryAfter, type: json?.type ?? "" });
}

function sentence(problem) {
  const reasons = (problem?.errors ?? []).map((error) => error.message);
  return [problem?.detail ?? problem?.title ?? words("not-understood"), ...reasons].join(" ");
}

/** A new key for `ask`. (Not randomUUID, which browsers have on HTTPS alone.) */
export function newKey() {
  return crypto.getRandomValues(new Uint32Array(4)).join("-");
}

/** Ends after so long, or at once when `signal` is aborted. */
export function pause(milliseconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}
