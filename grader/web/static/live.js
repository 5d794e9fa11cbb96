// Live previews: each edit asks for one, the newest wins, and trouble is waited out.

import { ask, pause, Problem } from "./service.js";

const TYPING_PAUSE_MS = 250;
/** How long one request waits at the service; then it is asked again. */
const WAIT_SECONDS = 5;
const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 10_000;
const MOST_FAILURES = 4;
const STREAM_KEY = "pushforward.stream";

/**
 * The previews of one editor.
 *
 * `onState(state, problem)` tells where it is: "edited", "running", "ready", "offline" or "busy" (it
 * goes on by itself; the problem says why), or "refused" (by a problem; it waits for another edit).
 * `onResult(result, source)` brings what a run found, together with what was run.
 */
export class Live {
  #stream = tabStream();
  #number = 0;
  #timer = 0;
  #run = new AbortController();
  #source = null; // What was last asked for.
  #settled = false; // Whether that was answered.

  constructor({ address, exercise, version, onState, onResult }) {
    Object.assign(this, { address, exercise, version, onState, onResult });
    window.addEventListener("online", () => {
      if (this.#source !== null && !this.#settled) this.now(this.#source);
    });
  }

  /** The text changed: asks for a preview once the typing pauses. */
  edited(source) {
    clearTimeout(this.#timer);
    if (source === this.#source) return;
    this.onState("edited");
    this.#timer = setTimeout(() => this.now(source), TYPING_PAUSE_MS);
  }

  /** Asks for a preview at once, in place of any that is under way. */
  now(source) {
    clearTimeout(this.#timer);
    this.#run.abort();
    this.#run = new AbortController();
    this.#source = source;
    this.#settled = false;
    this.#follow(source, this.#run.signal);
  }

  async #follow(source, signal) {
    let delay = FIRST_RETRY_MS;
    let failures = 0;
    while (!signal.aborted) {
      this.onState("running");
      try {
        const preview = await this.#preview(source, signal);
        if (signal.aborted) return;
        if (preview.state === "superseded") {
          // Not by this page: a tab that was copied has the stream of the other one.
          this.#stream = tabStream(true);
          continue;
        }
        // A failure of ours is no answer: another try may be one, but not for ever.
        if (preview.state === "failed") {
          failures += 1;
          throw new Problem(preview.problem, { status: failures < MOST_FAILURES ? 503 : 500 });
        }
        this.#settled = true;
        this.onResult(preview.result, source);
        return;
      } catch (problem) {
        if (signal.aborted) return;
        if (!(problem instanceof Problem)) throw problem;
        if (!problem.isOffline && !problem.isPassing) {
          this.#settled = true;
          this.onState("refused", problem);
          return;
        }
        this.onState(problem.isOffline ? "offline" : "busy", problem);
        await pause(Math.max(delay, (problem.retryAfter ?? 0) * 1000), signal);
        delay = Math.min(delay * 2, LONGEST_RETRY_MS);
      }
    }
  }

  async #preview(source, signal) {
    const body = {
      exercise: this.exercise,
      exercise_version: this.version,
      source,
      stream: this.#stream,
      number: (this.#number = Math.max(this.#number + 1, Date.now())),
    };
    let answer = await ask(this.address, { body, wait: WAIT_SECONDS, signal });
    while (["waiting", "running"].includes(answer.json.state)) {
      const asked = performance.now();
      answer = await this.#look(answer.json.links.self, signal);
      // A service whose waiting places are taken answers at once: then we wait here.
      if (performance.now() - asked < 100) await pause((answer.retryAfter ?? 1) * 250, signal);
    }
    return answer.json;
  }

  async #look(address, signal) {
    try {
      return await ask(address, { wait: WAIT_SECONDS, signal });
    } catch (problem) {
      // It was lost with the process that ran it: asking for another one is worth it.
      if (problem.status === 404) throw new Problem(problem.message, { status: 503 });
      throw problem;
    }
  }
}

/**
 * The stream of this tab, kept from page to page, so that a page that is left does not hold back the
 * next one; numbers go by the clock for the same reason.
 */
function tabStream(anew = false) {
  const fresh = crypto.getRandomValues(new Uint32Array(4)).join("-");
  try {
    const kept = anew ? null : sessionStorage.getItem(STREAM_KEY);
    if (!kept) sessionStorage.setItem(STREAM_KEY, fresh);
    return kept ?? fresh;
  } catch {
    return fresh; // Storage can be forbidden.
  }
}
