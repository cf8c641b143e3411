// The page, put together.
import { post } from './api.js';
import { setUpAttach } from './attach.js';
import { setUpComposer } from './composer.js';
import { Deeds } from './deeds.js';
import { Live } from './live.js';
import { findPlace } from './place.js';
import { closeSheet, openMenu } from './sheets.js';
import { setUpSignIn } from './sign_in.js';
import { Thread } from './thread.js';
import { byId, say, sentenceOf, toast, words } from './words.js';

const UNSEEN = 300; // milliseconds in which nobody reads a new button
const SETTLING = 2000;
const SAME_TAP = 700; // milliseconds in which the same button is pressed again by no more than a second touch
const other = byId('language').hreflang;
const came = new URLSearchParams(location.search); // why this page was opened: `lang`, and who has asked for it

const press = {
  key(line, key, button) {
    const keys = button.closest('.keys');
    const isFresh = Date.now() - Number(keys.dataset.at) < UNSEEN; // it came under a finger that meant another one
    if (isFresh || keys.getAttribute('aria-busy') || button.getAttribute('aria-busy')) return;
    keys.setAttribute('aria-busy', 'true');
    button.setAttribute('aria-busy', 'true');
    thread.pressed(line.id);
    thread.showTyping(true);
    const deed = deeds.json('press', { line: line.id, data: key.data }, '');
    deed.ended = () => {
      keys.removeAttribute('aria-busy');
      setTimeout(() => button.removeAttribute('aria-busy'), SAME_TAP);
    };
  },
  reply(text) { write(text); },
  place() { sendPlace(); },
  why() { write(say('talk.why_command')); },
};

const thread = new Thread(press);

const deeds = new Deeds({
  begun() { thread.acted(); },
  changed() { thread.showPending(deeds.queue); },
  waits(failure) {
    thread.showTyping(false);
    showLoss(failure);
  },
  done(deed, said) {
    // most often the line changes now; until it does its buttons are those of before
    if (deed.ended) setTimeout(deed.ended, said.toast ? 0 : SETTLING);
    if (deed.waits) showReturn();
    if (said.toast) {
      thread.showTyping(false);
      toast(said.toast);
    }
  },
  failed(deed, failure) {
    if (deed.ended) deed.ended();
    thread.showTyping(false);
    if (failure.status === 401) leave(failure);
    else toast(sentenceOf(failure));
  },
});

const live = new Live({
  first: () => thread.first(),
  show(said) {
    // the page speaks what the chat speaks: it was changed here just now, or long before this browser came
    if (said.language && said.language !== words.language) {
      const why = inbox ? 'changed' : isNew ? 'entered' : 'followed';
      const lift = label ? `&lift=${label}` : '';
      location.replace(`${location.pathname}?lang=${said.language}&by=${why}${lift}`);
      return;
    }
    // somebody has signed in with another number in another window of this browser
    if (inbox && said.inbox !== inbox) {
      deeds.clear();
      location.reload();
      return;
    }
    inbox = said.inbox;
    showPart('talk');
    thread.show(said);
    if (label) write(`/start ${label}`);
    else if (isNew && !said.ids.length) write('/start'); // whoever comes for the first time is greeted
    label = '';
    isNew = false;
    if (said.lines.some((line) => !line.mine)) thread.showTyping(false);
  },
  lost: showLoss,
  found() {
    showReturn();
    deeds.hurry();
  },
  ended: (failure) => leave(failure),
});

// the label of a lift, whose QR code opened this page
let label = /^l_\d{1,15}_[0-9a-f]{16}$/.test(came.get('lift') || '') ? came.get('lift') : '';
let isNew = came.get('by') === 'entered';
let inbox = '';
const signIn = setUpSignIn(came.has('lang') && !came.has('by'), () => {
  isNew = true;
  live.start();
});

function write(text) {
  thread.toEnd();
  thread.showTyping(true);
  deeds.json('text', { text }, text);
}

function sendPlace() {
  findPlace((latitude, longitude) => {
    thread.showTyping(true);
    deeds.json('location', { latitude, longitude }, say('media.place'));
  });
}

function sendFile(content, name) {
  thread.showTyping(true);
  deeds.file(content, name, '', name);
}

function showLoss(failure) {
  if (failure.status !== 429) banner(say(failure.status === 0 ? 'net.offline' : 'net.silent'));
}

function showReturn() {
  if (!byId('banner').hidden) toast(say('net.back'));
  banner('');
}

function banner(text) {
  byId('banner').hidden = !text;
  byId('banner').textContent = text;
}

function showPart(name) {
  byId('opening').hidden = true;
  byId('sign-in').hidden = name !== 'sign-in';
  byId('talk').hidden = name !== 'talk';
  byId('menu-open').hidden = name !== 'talk';
  byId('language').hidden = name === 'talk';
}

// Back to the sign-in: nothing of the conversation stays on the screen.
function leave(failure) {
  const wasIn = !byId('talk').hidden;
  inbox = '';
  live.stop();
  deeds.clear();
  thread.clear();
  closeSheet();
  banner('');
  showPart('sign-in');
  signIn.open(failure && (wasIn || failure.status !== 401) ? sentenceOf(failure) : '');
}

async function signOut() {
  try {
    await post('sign-out', {});
    leave(null);
  } catch (failure) {
    toast(sentenceOf(failure));
  }
}

// Where a keyboard covers the page the page is as high as what is left.
function fitHeight() {
  const seen = window.visualViewport ? window.visualViewport.height : window.innerHeight;
  document.documentElement.style.setProperty('--seen', `${Math.round(seen)}px`);
}

if (window.visualViewport) window.visualViewport.addEventListener('resize', fitHeight);
window.addEventListener('resize', fitHeight);
fitHeight();

window.addEventListener('offline', () => banner(say('net.offline')));
window.addEventListener('online', showReturn);
byId('menu-open').addEventListener('click', () => openMenu({
  help: () => write(say('menu.help_command')),
  language: () => write(`${say('menu.language_command')} ${other}`),
  signOut,
  failed: (failure) => (failure.status === 401 ? leave(failure) : toast(sentenceOf(failure))),
}));
byId('bot-menu').addEventListener('click', () => write(say('talk.menu_command')));
if (came.get('by') === 'changed') thread.acted();
if (came.get('by') === 'entered') toast(say('menu.kept_language'));
if (location.search) history.replaceState(null, '', location.pathname + location.hash);
setUpComposer(write);
setUpAttach(sendFile, sendPlace);
live.start();
