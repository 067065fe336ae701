// Talking to the server: every answer is JSON, every refusal one sentence, and a write goes out until it is answered.

import { identity } from "./identity.js";

/** The server said no; `status` is HTTP's, `answer` what came with it. */
export class Refused extends Error {
  constructor(status, answer) {
    super(answer?.error ?? `The server answered with ${status}.`);
    this.status = status;
    this.answer = answer ?? {};
  }
}

const PATIENCE = 20_000;

/** One request. Throws Refused for an answer that is a refusal, and any other error where no answer came. */
export async function ask(path, body, { signal } = {}) {
  const deadline = AbortSignal.timeout(PATIENCE);
  const response = await fetch(path, {
    method: body === undefined ? "GET" : "POST",
    headers: { ...identity(), ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
  });
  if (response.status === 401) {
    location.assign("/login");
    return new Promise(() => {});
  }
  if (response.status >= 500) throw new Error(`The server answered with ${response.status}.`);
  const answer = await response.json();
  if (!response.ok) throw new Refused(response.status, answer);
  return answer;
}

/** Sends a write again and again, with the same uuid in it, until the server has answered; `onTrouble` hears of each failure. */
export async function insist(path, body, onTrouble) {
  for (let wait = 500; ; wait = Math.min(wait * 2, 8000)) {
    try {
      return await ask(path, body);
    } catch (error) {
      if (error instanceof Refused) throw error;
      onTrouble(error);
      await new Promise((resolve) => {
        const timer = setTimeout(done, wait);
        function done() {
          clearTimeout(timer);
          removeEventListener("online", done);
          resolve();
        }
        addEventListener("online", done);
      });
    }
  }
}

export function query(values) {
  const given = Object.entries(values).filter(([, value]) => value !== "" && value !== null && value !== undefined && value !== false);
  return new URLSearchParams(given).toString();
}
