// What was on the screen is told to the server: a notice has arrived when somebody could read it.
import { post } from './api.js';
import { say, words } from './words.js';

const GATHER = 700; // milliseconds

export class Reading {
  constructor(root) {
    this.root = root;
    this.told = new Set();
    this.seen = new Set();
    this.timer = 0;
    this.unread = 0;
    const options = { root, threshold: [0, 0.6] };
    this.watch = 'IntersectionObserver' in window ? new IntersectionObserver((all) => this.look(all), options) : null;
    document.addEventListener('visibilitychange', () => this.again());
  }

  follow(line, made) {
    if (line.mine || this.told.has(line.id)) return;
    if (this.watch) this.watch.observe(made);
    else this.note(line.id);
  }

  forget(made) {
    if (this.watch) this.watch.unobserve(made);
  }

  look(all) {
    if (document.hidden) return;
    all.forEach((entry) => {
      // a long one is read when it fills the screen
      const fills = entry.rootBounds && entry.intersectionRect.height >= entry.rootBounds.height * 0.6;
      if (entry.intersectionRatio >= 0.6 || fills) this.note(Number(entry.target.dataset.id));
    });
  }

  // Who comes back to the page sees what came meanwhile.
  again() {
    if (document.hidden || !this.watch) return;
    this.root.querySelectorAll('.line[data-id]').forEach((made) => {
      if (this.told.has(Number(made.dataset.id))) return;
      this.watch.unobserve(made);
      this.watch.observe(made);
    });
  }

  note(id) {
    if (this.told.has(id)) return;
    this.seen.add(id);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.tell(), GATHER);
  }

  async tell() {
    const lines = Array.from(this.seen).slice(0, 200);
    if (!lines.length) return;
    lines.forEach((id) => this.seen.delete(id));
    try {
      const said = await post('seen', { lines });
      lines.forEach((id) => this.told.add(id));
      this.count(said.unread);
    } catch (failure) {
      if (!failure.passes) return;
      lines.forEach((id) => this.seen.add(id));
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.tell(), failure.after || 5000);
    }
  }

  count(unread) {
    this.unread = unread;
    const title = words.page.title;
    document.title = unread > 0 ? say('page.unread_title', { count: unread > 99 ? '99+' : unread, title }) : title;
  }

  stop() {
    clearTimeout(this.timer);
    this.seen.clear();
    this.told.clear();
    this.count(0);
  }
}
