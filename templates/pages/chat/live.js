// Waits at the server for what is new, for as long as the page is open; tells when the network is gone.
import { backOff, get } from './api.js';

const WAIT = 25; // seconds

export class Live {
  constructor(hooks) {
    this.hooks = hooks; // first(), show(said), lost(failure), found(), ended(failure)
    this.tag = '';
    this.runs = false;
    this.wake = null;
    this.tries = 0;
    window.addEventListener('online', () => this.hurry());
    document.addEventListener('visibilitychange', () => { if (!document.hidden) this.hurry(); });
  }

  start() {
    this.tag = '';
    this.tries = 0;
    if (this.runs) return;
    this.runs = true;
    this.run();
  }

  stop() {
    this.runs = false;
    this.hurry();
  }

  hurry() {
    if (this.wake) this.wake();
  }

  async run() {
    while (this.runs) {
      try {
        const first = this.hooks.first();
        const from = first === null ? '' : `&first=${first}`;
        // after a loss the first look does not wait: who comes back is to see it at once
        const wait = this.tag && this.tries === 0 ? WAIT : 0;
        const said = await get(`lines?known=${this.tag}&wait=${wait}${from}`, (WAIT + 15) * 1000);
        if (!this.runs) return;
        if (this.tries > 0) this.hooks.found();
        this.tries = 0;
        this.tag = said.tag;
        this.hooks.show(said);
      } catch (failure) {
        if (!this.runs) return;
        if (!failure.passes) {
          this.runs = false;
          this.hooks.ended(failure);
          return;
        }
        this.tries += 1;
        this.hooks.lost(failure);
        await this.pause(failure.after || backOff(this.tries - 1));
      }
    }
  }

  pause(time) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, time);
      this.wake = () => { clearTimeout(timer); resolve(); };
    });
  }
}
