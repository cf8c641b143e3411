// The conversation: lines in their order, days between them, older ones above, the place on the screen kept.
import { get } from './api.js';
import { makeLine, makePending } from './line.js';
import { showReplies } from './keys.js';
import { Reading } from './reading.js';
import { byId, element, say, sayDay, sentenceOf, toast } from './words.js';

const NEAR = 120; // pixels from the end that still count as there

export class Thread {
  constructor(press) {
    this.press = press;
    this.root = byId('thread');
    this.list = byId('lines');
    this.lines = new Map(); // number → line
    this.made = new Map(); // number → element
    this.today = '';
    this.started = false;
    this.mark = null; // the first of the lines that came while nobody looked
    this.away = true; // nobody has done anything here since the page was opened or hidden: what comes is new to them
    this.more = false;
    this.loading = false;
    this.reading = new Reading(this.root);
    this.root.addEventListener('scroll', () => this.scrolled(), { passive: true });
    this.root.addEventListener('grown', () => { if (this.wasAtEnd) this.toEnd(); });
    window.addEventListener('resize', () => { if (this.wasAtEnd) this.toEnd(); });
    byId('jump').addEventListener('click', () => this.toEnd());
    this.wasAtEnd = true;
    this.held = null; // the line above the newest in which a button was pressed: its answer is looked for there
    this.placed = null; // where we have put the screen ourselves, to be read from there
    document.addEventListener('visibilitychange', () => { if (document.hidden) this.left(); });
  }

  get ids() {
    return Array.from(this.lines.keys()).sort((a, b) => a - b);
  }

  // The line from which the page is kept live; null before the first look.
  first() {
    const ids = this.ids;
    return ids.length ? ids[0] : null;
  }

  // Somebody does something: what they had missed they have seen, and what comes now answers it.
  acted() {
    this.away = false;
    this.mark = null;
  }

  // A button of this line: whoever pressed it looks there, whatever stands below by now.
  pressed(id) {
    if (id === this.ids[this.ids.length - 1]) return;
    this.held = id;
    this.wasAtEnd = false;
  }

  left() {
    this.away = true;
    if (this.wasAtEnd) this.mark = null;
  }

  show(said) {
    const isFirst = !this.started;
    const known = this.ids;
    const missed = known.length > 0 && said.ids.length > 0 && known[known.length - 1] < said.ids[0];
    if (missed) known.forEach((id) => this.drop(id)); // more came than is kept live: begin anew from there
    this.today = said.today;
    this.started = true;
    const oldest = said.ids.length ? said.ids[0] : Infinity;
    const there = new Set(said.ids);
    known.filter((id) => id >= oldest && !there.has(id)).forEach((id) => this.drop(id));
    const fresh = said.lines.filter((line) => !this.lines.has(line.id));
    said.lines.forEach((line) => this.put(line));
    this.markNew(isFirst ? fresh.filter((line) => said.read_to && line.id > said.read_to) : fresh);
    if (isFirst || missed || this.first() === oldest) this.more = said.more;
    this.reading.count(said.unread);
    this.arrange();
    if (isFirst || missed) this.toUnread();
    else if (this.isAnsweredBy(said, fresh)) this.toHeld();
    else if (this.wasAtEnd || fresh.some((line) => line.mine || (this.held !== null && !line.notice))) this.toNewest();
    else if (fresh.length) this.showJump(true);
    return fresh;
  }

  // The line in which a button was pressed has changed, and nothing of the bot's came below instead.
  isAnsweredBy(said, fresh) {
    return said.lines.some((line) => line.id === this.held) && fresh.every((line) => line.notice);
  }

  // A notice is nobody's answer: it is new whatever one has done.
  markNew(fresh) {
    const first = fresh.find((line) => !line.mine && (this.away || line.notice));
    if (first && this.mark === null) this.mark = first.id;
  }

  put(line) {
    const made = makeLine(line, this.press);
    const before = this.made.get(line.id);
    this.lines.set(line.id, line);
    this.made.set(line.id, made);
    if (before) {
      this.reading.forget(before);
      before.replaceWith(made);
    } else {
      const next = this.ids.filter((id) => id > line.id && this.made.has(id))[0];
      this.list.insertBefore(made, next === undefined ? null : this.made.get(next));
    }
    this.reading.follow(line, made);
  }

  drop(id) {
    const made = this.made.get(id);
    if (made) {
      this.reading.forget(made);
      made.remove();
    }
    this.lines.delete(id);
    this.made.delete(id);
    if (id === this.mark) this.mark = null;
  }

  // Days, the mark where new lines begin, what stands at the top, and the answers below.
  arrange() {
    this.list.querySelectorAll('.day, .unread').forEach((mark) => mark.remove());
    let day = '';
    this.ids.forEach((id) => {
      const line = this.lines.get(id);
      const made = this.made.get(id);
      if (line.day !== day) {
        day = line.day;
        this.list.insertBefore(element('li', { class: 'day' }, sayDay(day, this.today)), made);
      }
      if (id === this.mark) {
        this.list.insertBefore(element('li', { class: 'unread' }, say('talk.unread')), made);
      }
    });
    this.arrangeTop();
    const theirs = this.ids.map((id) => this.lines.get(id)).filter((line) => !line.mine && !line.notice);
    showReplies(theirs.length ? theirs[theirs.length - 1].keys : null, this.press);
  }

  arrangeTop() {
    const top = byId('older');
    top.textContent = '';
    if (!this.lines.size) top.append(element('p', {}, say('talk.empty')));
    else if (this.loading) top.append(element('p', {}, say('talk.older_loading')));
    else if (this.more) top.append(element('button', { type: 'button', class: 'plain', onclick: () => this.loadOlder() }, say('talk.older')));
    else top.append(element('p', {}, say('talk.beginning')));
  }

  async loadOlder() {
    const first = this.first();
    if (this.loading || !this.more || first === null) return;
    this.loading = true;
    this.arrangeTop();
    try {
      const said = await get(`older?before=${first}`);
      const height = this.root.scrollHeight - this.root.scrollTop;
      said.lines.forEach((line) => this.put(line));
      this.more = said.more;
      this.loading = false;
      this.arrange();
      this.root.scrollTop = this.root.scrollHeight - height;
    } catch (failure) {
      this.loading = false;
      this.arrangeTop();
      toast(sentenceOf(failure));
    }
  }

  showPending(deeds) {
    const list = byId('pending');
    list.textContent = '';
    deeds.filter((deed) => deed.shown).forEach((deed) => list.append(makePending(deed)));
    if (this.wasAtEnd) this.toEnd();
  }

  // Three dots until something comes, or for so long.
  showTyping(is) {
    clearTimeout(this.dots);
    byId('typing').hidden = !is;
    if (!is) return;
    if (this.wasAtEnd) this.toEnd();
    this.dots = setTimeout(() => this.showTyping(false), 12000);
  }

  scrolled() {
    const left = this.root.scrollHeight - this.root.scrollTop - this.root.clientHeight;
    if (this.placed !== null && Math.abs(this.root.scrollTop - this.placed) < 2) return;
    this.placed = null;
    this.wasAtEnd = left < NEAR;
    if (this.wasAtEnd) this.showJump(false);
    else if (left > 2 * this.root.clientHeight && byId('jump').hidden) this.showJump(true, 'talk.to_bottom');
    if (this.root.scrollTop < 60 && this.lines.size && !this.wasAtEnd) this.loadOlder();
  }

  showJump(is, name) {
    const jump = byId('jump');
    jump.hidden = !is;
    jump.textContent = say(name || 'talk.new_below');
  }

  // The end; but a text that is longer than the screen is shown from its beginning.
  toNewest() {
    this.toEnd();
    const ids = this.ids;
    const bubble = ids.length ? this.made.get(ids[ids.length - 1]).querySelector('.bubble') : null;
    if (!bubble || bubble.offsetHeight < this.root.clientHeight * 0.8) return;
    const top = bubble.getBoundingClientRect().top - this.root.getBoundingClientRect().top;
    if (top >= 0) return;
    this.root.scrollTop += top - 8;
    this.placed = this.root.scrollTop;
  }

  // The line that was pressed, from its beginning where it does not fit; it is read from there.
  toHeld() {
    const line = this.made.get(this.held).getBoundingClientRect();
    const room = this.root.getBoundingClientRect();
    const below = line.bottom - room.bottom + 8;
    const above = line.top - room.top - 8;
    if (above < 0 || below > 0) this.root.scrollTop += Math.min(above, below);
    this.placed = this.root.scrollTop;
    this.held = null;
  }

  toEnd() {
    this.held = null;
    this.root.scrollTop = this.root.scrollHeight;
    this.wasAtEnd = true;
    this.showJump(false);
  }

  toUnread() {
    const mark = this.list.querySelector('.unread');
    this.toEnd();
    if (!mark) return;
    const top = mark.getBoundingClientRect().top - this.root.getBoundingClientRect().top;
    if (top < 0) {
      this.root.scrollTop += top - 12;
      this.wasAtEnd = false;
    }
  }

  clear() {
    this.ids.forEach((id) => this.drop(id));
    this.reading.stop();
    this.started = false;
    this.acted();
    this.away = true;
    this.list.textContent = '';
    byId('pending').textContent = '';
    showReplies(null, this.press);
  }
}
