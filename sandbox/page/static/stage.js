// The way to one sandbox: acting through its stage and hearing when its state is new.

/** The sandbox (or the network it plays) said no; the message is its sentence. */
export class Refused extends Error {}

export class Stage {
  constructor(address) {
    this.address = address;
    this.query = {};
    this.listeners = [];
    this.running = false;
    this.again = false;
  }

  /** Act as somebody: POST /_/path. Throws Refused with a sentence. */
  async act(path, body) {
    let answer;
    try {
      answer = await fetch(`${this.address}/_/${path}`, {
        method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body),
      });
    } catch {
      throw new Refused('The sandbox does not answer. Is the demo still running?');
    }
    const said = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Refused(said.error ?? `The sandbox answered ${answer.status}.`);
    return said;
  }

  /** Call `listener(state)` now and after every change; `query` says through whose eyes. */
  watch(listener) {
    this.listeners.push(listener);
    if (this.feed) return;
    this.feed = new EventSource(`${this.address}/_/feed`);
    this.feed.addEventListener('message', () => this.refresh());
    this.feed.addEventListener('error', () => document.dispatchEvent(new CustomEvent('stage-lost')));
    this.feed.addEventListener('open', () => document.dispatchEvent(new CustomEvent('stage-found')));
  }

  /** Look through other eyes. */
  look(query) {
    this.query = query;
    return this.refresh();
  }

  /** Fetch the state; calls that come meanwhile are answered by one more fetch. */
  async refresh() {
    this.again = true;
    if (this.running) return;
    this.running = true;
    try {
      while (this.again) {
        this.again = false;
        const asked = new URLSearchParams(this.query).toString();
        const answer = await fetch(`${this.address}/_/state?${asked}`);
        const state = await answer.json();
        if (!this.again) this.listeners.forEach((listener) => listener(state));
      }
    } catch {
      document.dispatchEvent(new CustomEvent('stage-lost'));
    } finally {
      this.running = false;
    }
  }

  /** An address of the sandbox as a whole one. */
  url(path) {
    return new URL(path, this.address).href;
  }
}
