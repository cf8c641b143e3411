// What opens over the conversation: the menu, the devices, a picture, a few words. Escape and the ground close it.
import { get, post } from './api.js';
import { byId, element, say, sentenceOf, toast } from './words.js';

let before = null;

export function openSheet(title, ...inside) {
  closeSheet();
  before = document.activeElement;
  const close = element('button', { type: 'button', class: 'icon close', 'aria-label': say('menu.close'), onclick: closeSheet }, element('span', { class: 'cross', 'aria-hidden': 'true' }));
  const head = element('header', {}, element('h2', { id: 'sheet-title' }, title), close);
  const sheet = element('section', { class: 'sheet', role: 'dialog', 'aria-modal': 'true', 'aria-labelledby': 'sheet-title' }, head, ...inside);
  const ground = byId('sheet-ground');
  ground.append(sheet);
  ground.hidden = false;
  const first = sheet.querySelector('.first, a, button:not(.close)') || close;
  first.focus();
  return sheet;
}

export function closeSheet() {
  const ground = byId('sheet-ground');
  if (ground.hidden) return;
  ground.hidden = true;
  ground.textContent = '';
  if (before && before.focus) before.focus();
}

byId('sheet-ground').addEventListener('click', (event) => { if (event.target === event.currentTarget) closeSheet(); });
document.addEventListener('keydown', (event) => {
  const ground = byId('sheet-ground');
  if (ground.hidden) return;
  if (event.key === 'Escape') closeSheet();
  if (event.key === 'Tab') keepInside(event, ground);
});

function keepInside(event, ground) {
  const stops = ground.querySelectorAll('button:not([disabled]), a[href], input');
  const [first, last] = [stops[0], stops[stops.length - 1]];
  if (event.shiftKey && document.activeElement === first) {
    event.preventDefault();
    last.focus();
  } else if (!event.shiftKey && document.activeElement === last) {
    event.preventDefault();
    first.focus();
  }
}

export function choice(text, act) {
  return element('button', { type: 'button', class: 'choice', onclick: () => { closeSheet(); act(); } }, text);
}

export function showWords(title, text) {
  openSheet(title, element('p', { class: 'words' }, text));
}

export function showImage(address, alt) {
  openSheet(alt, element('div', { class: 'picture' }, element('img', { src: address, alt })));
}

export function openMenu(hooks) {
  openSheet(
    say('menu.title'),
    choice(say('menu.help'), hooks.help),
    choice(say('menu.language'), hooks.language),
    choice(say('menu.sessions'), () => showSessions(hooks)),
    choice(say('menu.sign_out'), hooks.signOut),
  );
}

export async function showSessions(hooks) {
  try {
    const said = await get('sessions');
    const rows = element('ul', { class: 'devices' });
    said.sessions.forEach((one) => rows.append(device(one, hooks)));
    const others = said.sessions.filter((one) => !one.here);
    const all = element('button', { type: 'button', class: 'choice', onclick: () => revoke({}, hooks) }, say('sessions.revoke_others'));
    const end = others.length ? all : element('p', { class: 'words' }, say('sessions.none'));
    openSheet(say('sessions.title'), element('p', { class: 'words' }, say('sessions.lead')), rows, end);
  } catch (failure) {
    hooks.failed(failure);
  }
}

function device(one, hooks) {
  const name = element('b', {}, one.browser || say('sessions.unknown'));
  const about = one.here ? say('sessions.here') : say('sessions.seen', { seen: one.seen });
  const end = one.here ? null : element('button', { type: 'button', class: 'key', onclick: () => revoke({ session: one.id }, hooks) }, say('sessions.revoke'));
  return element('li', {}, element('span', {}, name, element('small', {}, about)), end);
}

async function revoke(body, hooks) {
  try {
    await post('sessions', body);
    toast(say('sessions.done'));
    await showSessions(hooks);
  } catch (failure) {
    toast(sentenceOf(failure));
  }
}
