// The network as the photo's worker calls it: starts the network's worker when it is wanted, and ends it when it was
// not for a while, or when the work is stopped.

import { Refusal } from './refusal.js';
import * as words from './words.js';

const IDLE = 120_000; // milliseconds
const MOST_THREADS = 8;
const MEMORY = /bad_alloc|memory|allocat|OOM/i;

export class Network {
  // fetched(bytes, total) hears how much of the network has come.
  constructor(fetched) {
    this.fetched = fetched;
    this.waiting = new Map();
    this.number = 0;
    this.worker = null;
    this.threads = self.crossOriginIsolated ? Math.min(navigator.hardwareConcurrency || 1, MOST_THREADS) : 1;
    this.mask = async (planes, height, width) => (await this.call({ planes, height, width, whole: false })).mask;
    this.run = (planes, height, width) => this.call({ planes, height, width, whole: true });
  }

  // Fetches and starts the network, once. Where memory that threads share is refused, one thread does it alone.
  async ready() {
    clearTimeout(this.idle);
    if (!this.worker) {
      this.start();
      this.loading = this.send({ threads: this.threads }).catch((error) => {
        if (this.threads === 1 || error instanceof Refusal && error.message !== words.NO_MEMORY) throw error;
        this.threads = 1;
        this.stop();
        this.start();
        return this.send({ threads: 1 });
      });
      this.loading.catch(() => this.stop());
    }
    await this.loading;
  }

  start() {
    this.worker = new Worker(new URL('network-worker.js', import.meta.url), { type: 'module' });
    this.worker.addEventListener('message', ({ data }) => this.hear(data));
    this.worker.addEventListener('error', (event) => {
      event.preventDefault();
      this.stop(new Refusal(MEMORY.test(event.message) ? words.NO_MEMORY : words.NOT_STARTED));
    });
  }

  hear({ id, error, fetched, total, ...answer }) {
    if (fetched !== undefined) return this.fetched(fetched, total);
    const { resolve, reject } = this.waiting.get(id) ?? {};
    this.waiting.delete(id);
    if (error) reject?.(error.sentence ? new Refusal(error.sentence) : MEMORY.test(error.said) ? new Refusal(words.NO_MEMORY) : new Error(error.said));
    else resolve?.(answer);
  }

  send(message) {
    const id = ++this.number;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ id, ...message });
    });
  }

  async call(message) {
    await this.ready();
    const answer = await this.send(message);
    this.idle = setTimeout(() => this.waiting.size || this.stop(), IDLE);
    return answer;
  }

  // Ends the worker; who waits for it hears `reason`, or that it was stopped.
  stop(reason = new Stopped()) {
    this.worker?.terminate();
    this.worker = null;
    for (const { reject } of this.waiting.values()) reject(reason);
    this.waiting.clear();
  }
}

export class Stopped extends Error {}
