// The line in which one writes: it grows with the text; Enter sends where there is a keyboard of keys.
import { byId } from './words.js';

const HIGHEST = 132; // pixels

export function setUpComposer(write) {
  const [form, field, send] = [byId('composer'), byId('text'), byId('send')];
  const byKeys = window.matchMedia && window.matchMedia('(hover: hover) and (pointer: fine)').matches;

  function fit() {
    field.style.height = 'auto';
    field.style.height = `${Math.min(field.scrollHeight + 2, HIGHEST)}px`;
    field.style.overflowY = field.scrollHeight > HIGHEST ? 'auto' : 'hidden';
    send.disabled = !field.value.trim();
  }

  field.addEventListener('input', fit);
  field.addEventListener('keydown', (event) => {
    // while Chinese is being composed Enter chooses a word
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229 || !byKeys) return;
    event.preventDefault();
    form.requestSubmit ? form.requestSubmit() : send.click();
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const text = field.value.trim();
    if (!text) return;
    field.value = '';
    fit();
    write(text);
  });
  fit();
}
