// The page's words, and small helpers to put them on the page.
export const words = JSON.parse(document.getElementById('strings').textContent);

export function say(name, facts) {
  const parts = name.split('.');
  let text = words[parts[0]][parts[1]];
  if (text === undefined) text = words.errors.other;
  return text.replace(/\{(\w+)\}/g, (whole, key) => (facts && key in facts ? String(facts[key]) : whole));
}

// The sentence for something that was refused.
export function sentenceOf(failure) {
  const name = String(failure.code || 'other').replace(/\./g, '_');
  return say(`errors.${name in words.errors ? name : 'other'}`, failure.facts);
}

export function sayDay(day, today) {
  const [year, month, date] = day.split('-').map(Number);
  const days = Math.round((Date.parse(today) - Date.parse(day)) / 86400000);
  if (days === 0) return say('talk.today');
  if (days === 1) return say('talk.yesterday');
  const facts = { year, month, day: date };
  return say(today.slice(0, 4) === day.slice(0, 4) ? 'talk.date' : 'talk.date_with_year', facts);
}

export function saySize(bytes) {
  if (bytes >= 1000000) return say('media.size_mb', { size: (bytes / 1000000).toFixed(1) });
  return say('media.size_kb', { size: Math.max(1, Math.round(bytes / 1000)) });
}

export function element(tag, attributes, ...inside) {
  const made = document.createElement(tag);
  Object.keys(attributes || {}).forEach((name) => {
    const value = attributes[name];
    if (name === 'onclick') made.addEventListener('click', value);
    else if (value === true) made.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  });
  inside.forEach((one) => { if (one) made.append(one); });
  return made;
}

export const byId = (id) => document.getElementById(id);

let fading = 0;

// A sentence that goes away by itself.
export function toast(text) {
  if (!text) return;
  const line = byId('toast');
  line.textContent = text;
  line.hidden = false;
  clearTimeout(fading);
  fading = setTimeout(() => { line.hidden = true; }, 3000 + 40 * text.length);
}
