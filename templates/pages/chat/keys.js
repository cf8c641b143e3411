// Buttons: at a line, and the answers to choose from below the conversation.
import { copy } from './copying.js';
import { byId, element, say } from './words.js';

export function inlineKeys(line, press) {
  const keys = element('div', { class: 'keys', 'data-at': Date.now() });
  line.keys.rows.forEach((row) => {
    const size = row.length >= 5 ? 'many' : row.length >= 3 ? 'some' : 'few';
    const made = element('div', { class: `keyrow ${size}` });
    row.forEach((key) => made.append(inlineKey(key, line, press)));
    keys.append(made);
  });
  return keys;
}

function inlineKey(key, line, press) {
  if (key.url) return element('a', { class: 'key', href: key.url, target: '_blank', rel: 'noopener noreferrer' }, key.text);
  if (key.copy) return element('button', { type: 'button', class: 'key', onclick: () => copy(key.copy) }, key.text);
  const button = element('button', { type: 'button', class: 'key', 'data-key': key.data }, key.text);
  button.addEventListener('click', () => press.key(line, key, button));
  if (!key.data || !/[^\s\u2800]/.test(key.text)) button.disabled = true;
  return button;
}

export function showReplies(keys, press) {
  const place = byId('replies');
  const rows = keys && keys.kind === 'reply' ? keys.rows : [];
  place.textContent = '';
  place.hidden = rows.length === 0;
  place.setAttribute('aria-label', say('talk.reply_label'));
  rows.forEach((row) => {
    const made = element('div', { class: 'keyrow few' });
    row.forEach((key) => {
      const act = () => (key.request_location ? press.place() : press.reply(key.text));
      made.append(element('button', { type: 'button', class: 'key', onclick: act }, key.text));
    });
    place.append(made);
  });
}
