// One line of the conversation as an element.
import { copy } from './copying.js';
import { inlineKeys } from './keys.js';
import { showImage, showWords } from './sheets.js';
import { byId, element, say, saySize } from './words.js';

// Numbers that one can call: +86…, mobile numbers, area code and number. Long codes of lifts are none.
const CALLABLE = /(^|[^\d+])(\+\d[\d ]{7,16}\d|1[3-9]\d{9}|0\d{2,3}-\d{7,8}|400-?\d{3}-?\d{4})(?!\d)/g;
const PLAIN = { b: 'b', i: 'i', u: 'u', s: 's', code: 'code', blockquote: 'blockquote' };

// What the page itself says to the bot is shown in words.
const COMMANDS = {
  '/start': 'talk.menu',
  '/menu': 'talk.menu',
  '/help': 'menu.help',
  '/why': 'talk.why',
  '/language': 'talk.language',
  '/language zh': 'talk.language',
  '/language en': 'talk.language',
};

export function inWords(text) {
  if (text.startsWith('/start l_')) return say('talk.scanned');
  return text in COMMANDS ? say(COMMANDS[text]) : text;
}

export function makeLine(line, press) {
  const made = element('li', { class: line.mine ? 'line mine' : 'line', 'data-id': line.id, 'data-day': line.day });
  const bubble = element('div', { class: 'bubble' });
  bubble.append(element('span', { class: 'visually-hidden' }, `${say(line.mine ? 'talk.mine' : 'talk.theirs')}: `));
  if (line.notice) bubble.append(element('p', { class: 'mark' }, say('talk.notice')));
  if (line.media) bubble.append(makeMedia(line.media));
  if (line.text.some((part) => part !== '')) {
    const text = element('div', { class: 'text' });
    fill(text, line.mine ? line.text.map((part) => (typeof part === 'string' ? inWords(part) : part)) : line.text);
    bubble.append(text);
  }
  const foot = element('p', { class: 'foot' });
  if (line.notice && !(line.keys && line.keys.kind === 'inline')) {
    foot.append(element('button', { type: 'button', class: 'why', onclick: () => press.why(line) }, say('talk.why')));
  }
  foot.append(element('time', {}, line.time));
  bubble.append(foot);
  made.append(bubble);
  if (line.keys && line.keys.kind === 'inline') made.append(inlineKeys(line, press));
  return made;
}

export function makePending(deed) {
  const made = element('li', { class: 'line mine pending' });
  const bubble = element('div', { class: 'bubble' });
  bubble.append(element('div', { class: 'text' }, inWords(deed.shown)));
  bubble.append(element('p', { class: 'foot' }, say(deed.waits ? 'talk.waiting' : 'talk.pending')));
  made.append(bubble);
  return made;
}

function fill(into, tree) {
  tree.forEach((part) => {
    if (typeof part === 'string') addText(into, part);
    else if (part.tag === 'a') {
      const link = element('a', { href: part.href, target: '_blank', rel: 'noopener noreferrer' });
      fill(link, part.inside);
      into.append(link);
    } else if (part.tag === 'pre') {
      into.append(copyable(part));
    } else if (part.tag in PLAIN) {
      const made = element(PLAIN[part.tag], {});
      fill(made, part.inside);
      into.append(made);
    }
  });
}

function addText(into, text) {
  if (into.closest && into.tagName === 'A') {
    into.append(text);
    return;
  }
  let done = 0;
  text.replace(CALLABLE, (whole, before, number, at) => {
    const start = at + before.length;
    into.append(text.slice(done, start));
    into.append(element('a', { href: `tel:${number.replace(/[ -]/g, '')}` }, number));
    done = start + number.length;
    return whole;
  });
  into.append(text.slice(done));
}

// What is meant to be passed on, such as a text for the house's group.
function copyable(part) {
  const block = element('div', { class: 'copyable' });
  const text = element('pre', {});
  fill(text, part.inside);
  block.append(text, element('button', { type: 'button', class: 'copy', onclick: () => copy(text.textContent) }, say('talk.copy')));
  return block;
}

function makeMedia(media) {
  if (media.kind === 'location') {
    const place = `${Number(media.lat).toFixed(5)}, ${Number(media.lon).toFixed(5)}`;
    return element('p', { class: 'place' }, element('b', {}, say('media.place')), ` ${place}`);
  }
  const address = `chat/files/${media.file}`;
  if (media.kind === 'photo') return makePhoto(media, address);
  const size = media.size ? saySize(media.size) : '';
  const file = element('a', { class: 'file', href: address, download: media.name, 'aria-label': say('media.open_file', { name: media.name }) });
  file.append(element('span', { class: 'ending', 'aria-hidden': 'true' }, (media.name.split('.').pop() || '').slice(0, 4)));
  file.append(element('span', { class: 'name' }, media.name, element('small', {}, size)));
  file.addEventListener('click', (event) => {
    if (!/MicroMessenger/i.test(navigator.userAgent)) return;
    event.preventDefault(); // WeChat's browser would show nothing at all
    showWords(say('media.in_wechat_title'), say('media.in_wechat'));
  });
  return file;
}

function makePhoto(media, address) {
  const name = media.name || '';
  const image = element('img', { src: address, alt: say('media.photo_of', { name }), loading: 'lazy' });
  const photo = element('button', { type: 'button', class: 'photo', title: say('media.enlarge'), onclick: () => showImage(address, image.alt) }, image);
  image.addEventListener('error', () => photo.replaceWith(element('p', { class: 'lost' }, say('media.gone'))));
  image.addEventListener('load', () => byId('thread').dispatchEvent(new Event('grown')));
  return photo;
}
