// What was done on this page, handed in one after the other. A deed keeps its name, so that a repeat acts once.
import { ask, backOff, newName } from './api.js';

const KEPT_FOR = 10 * 60 * 1000; // a button that was pressed longer ago is not pressed behind somebody's back

export class Deeds {
  constructor(hooks) {
    this.hooks = hooks; // begun(), changed(), waits(failure), done(deed, said), failed(deed, failure)
    this.queue = [];
    this.busy = false;
    this.wake = null;
    window.addEventListener('online', () => this.hurry());
  }

  json(path, body, shown) {
    const deed = newName();
    const content = JSON.stringify(Object.assign({ deed }, body));
    return this.add({ deed, path, shown, content, headers: { 'Content-Type': 'application/json' }, patience: 25000 });
  }

  file(blob, name, caption, shown) {
    const deed = newName();
    const headers = { 'X-Deed': deed, 'X-Name': encodeURIComponent(name), 'X-Caption': encodeURIComponent(caption) };
    headers['Content-Type'] = 'application/octet-stream';
    return this.add({ deed, path: 'files', shown, content: blob, headers, patience: 180000 });
  }

  add(deed) {
    deed.at = Date.now();
    deed.waits = false;
    this.queue.push(deed);
    this.hooks.begun();
    this.hooks.changed();
    this.run();
    return deed;
  }

  hurry() {
    if (this.wake) this.wake();
  }

  clear() {
    this.queue = [];
    this.hooks.changed();
  }

  async run() {
    if (this.busy) return;
    this.busy = true;
    let tries = 0;
    while (this.queue.length) {
      const deed = this.queue[0];
      try {
        const said = await ask(deed.path, { method: 'POST', headers: deed.headers, body: deed.content }, deed.patience);
        tries = 0;
        this.leave(deed);
        this.hooks.done(deed, said);
      } catch (failure) {
        if (failure.passes && Date.now() - deed.at < KEPT_FOR) {
          deed.waits = true;
          this.hooks.changed();
          this.hooks.waits(failure);
          await this.pause(failure.after || backOff(tries));
          tries += 1;
        } else {
          this.leave(deed);
          this.hooks.failed(deed, failure);
        }
      }
    }
    this.busy = false;
  }

  leave(deed) {
    this.queue = this.queue.filter((one) => one !== deed);
    this.hooks.changed();
  }

  pause(time) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, time);
      this.wake = () => { clearTimeout(timer); resolve(); };
    });
  }
}
