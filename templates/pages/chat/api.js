// Requests to our own server. Whatever goes wrong is a Failure with the name of a sentence.
const PATIENCE = 20000;

export class Failure extends Error {
  constructor(code, status, facts, after) {
    super(code);
    this.code = code;
    this.status = status;
    this.facts = facts || {};
    this.after = after || 0;
  }

  // Worth another try by itself: nobody said no.
  get passes() {
    return this.status === 0 || this.status >= 500 || this.status === 429;
  }
}

export function get(path, patience) {
  return ask(path, { method: 'GET' }, patience);
}

export function post(path, body) {
  return ask(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
}

export async function ask(path, request, patience) {
  const ending = new AbortController();
  const timer = setTimeout(() => ending.abort(), patience || PATIENCE);
  try {
    const options = Object.assign({ credentials: 'same-origin', cache: 'no-store', signal: ending.signal }, request);
    return await read(await fetch(`chat/${path}`, options));
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure('network', 0);
  } finally {
    clearTimeout(timer);
  }
}

async function read(response) {
  let said = {};
  try {
    said = await response.json();
  } catch (error) {
    if (response.ok) throw new Failure('network', 0);
  }
  if (response.ok) return said;
  const after = Number(response.headers.get('Retry-After')) || 0;
  throw new Failure(said.error || 'other', response.status, said.facts, after * 1000);
}

// How long to wait before the next try: longer each time, never quite the same.
export function backOff(tries) {
  return Math.min(30000, 1000 * 2 ** Math.min(tries, 5)) * (0.8 + 0.4 * Math.random());
}

export function newName() {
  const signs = new Uint8Array(16);
  crypto.getRandomValues(signs);
  return Array.from(signs, (sign) => sign.toString(16).padStart(2, '0')).join('');
}
