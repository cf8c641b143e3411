// Copies a text, also where the browser has no clipboard of its own.
import { element, say, toast } from './words.js';

export async function copy(text) {
  let done = false;
  try {
    await navigator.clipboard.writeText(text);
    done = true;
  } catch (error) {
    done = copyByHand(text);
  }
  toast(say(done ? 'talk.copied' : 'talk.not_copied'));
}

function copyByHand(text) {
  const field = element('textarea', { class: 'visually-hidden', readonly: true });
  field.value = text;
  document.body.append(field);
  field.select();
  field.setSelectionRange(0, text.length);
  const done = document.execCommand('copy');
  field.remove();
  return done;
}
