// Number, code, in. The same words for whoever asks.
import { post } from './api.js';
import { byId, say, sentenceOf, words } from './words.js';

const AGAIN_AFTER = 60; // seconds

// `chose`: the language of this page was chosen here, and is to be the chat's.
export function setUpSignIn(chose, signedIn) {
  const forms = { phone: byId('phone-form'), link: byId('link-form'), code: byId('code-form') };
  const fault = byId('sign-in-fault');
  let phone = '';
  let sentTo = ''; // for whom the code that the page shows in the demo is
  let link = takeLink();
  let clock = 0;

  function show(name) {
    Object.keys(forms).forEach((one) => { forms[one].hidden = one !== name; });
    fault.textContent = '';
    const field = forms[name].querySelector('input');
    if (field) field.focus();
  }

  // One thing at a time: a second tap while the first is under way does nothing.
  async function attempt(form, work) {
    const button = form.querySelector('.strong');
    if (button.disabled) return;
    button.disabled = true;
    fault.textContent = '';
    try {
      await work();
    } catch (failure) {
      fault.textContent = sentenceOf(failure);
    } finally {
      button.disabled = false;
    }
  }

  function who() {
    return link ? { link } : { phone };
  }

  function byPhone() {
    link = '';
    show('phone');
  }

  async function sendCode() {
    try {
      const said = await post('code', Object.assign({ language: words.language }, who()));
      byId('demo-code').textContent = said.code ? say('sign_in.demo_code', { code: said.code }) : '';
      sentTo = phone;
      showCode(link ? say('sign_in.link_sent') : say('sign_in.sent', { phone }));
    } catch (failure) {
      if (!/^sign_in.too_often$/.test(failure.code)) throw failure;
      // one was asked for a short while ago, perhaps before this page was opened anew: it is still good
      if (sentTo !== phone) byId('demo-code').textContent = '';
      showCode(sentenceOf(failure));
    }
  }

  function showCode(lead) {
    byId('code-sent').textContent = lead;
    byId('demo-code').hidden = !byId('demo-code').textContent;
    byId('code').value = '';
    show('code');
    countDown(AGAIN_AFTER);
  }

  function countDown(seconds) {
    clearTimeout(clock);
    const again = byId('again');
    again.disabled = seconds > 0;
    again.textContent = seconds > 0 ? say('sign_in.again_in', { seconds }) : say('sign_in.again');
    if (seconds > 0) clock = setTimeout(() => countDown(seconds - 1), 1000);
  }

  forms.phone.addEventListener('submit', (event) => {
    event.preventDefault();
    phone = byId('phone').value.trim();
    if (!phone) {
      fault.textContent = say('errors.sign_in_no_phone');
      byId('phone').focus();
      return;
    }
    attempt(forms.phone, sendCode);
  });
  forms.code.addEventListener('submit', (event) => {
    event.preventDefault();
    const code = byId('code').value.replace(/\D/g, '');
    if (!code) {
      byId('code').focus();
      return;
    }
    attempt(forms.code, async () => {
      await post('sign-in', Object.assign({ code, language: words.language, chose }, who()));
      link = '';
      clearTimeout(clock);
      signedIn();
    });
  });
  byId('code').addEventListener('input', () => {
    if (byId('code').value.replace(/\D/g, '').length === 6) forms.code.querySelector('.strong').click();
  });
  byId('again').addEventListener('click', () => attempt(forms.code, sendCode));
  forms.link.addEventListener('submit', (event) => {
    event.preventDefault();
    attempt(forms.link, sendCode);
  });
  byId('other-phone').addEventListener('click', byPhone);
  byId('use-phone').addEventListener('click', byPhone);

  return {
    open(sentence) {
      byId('link-lead').textContent = say('sign_in.link');
      show(link ? 'link' : 'phone');
      fault.textContent = sentence || '';
    },
  };
}

// The personal link of a paper: …/chat#k=…. What follows the # is sent to no server, and leaves the address here.
function takeLink() {
  const found = /^#k=([A-Za-z0-9_-]{8,64})$/.exec(location.hash);
  if (!found) return '';
  history.replaceState(null, '', location.pathname + location.search);
  return found[1];
}
