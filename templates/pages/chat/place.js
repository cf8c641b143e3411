// Where somebody is, as the browser says it; the reason in words where it does not.
import { say, toast } from './words.js';

const REASONS = { 1: 'place.denied', 2: 'place.unavailable', 3: 'place.timeout' };

export function findPlace(send) {
  if (window.isSecureContext === false) {
    toast(say('place.insecure'));
    return;
  }
  if (!navigator.geolocation) {
    toast(say('place.none'));
    return;
  }
  toast(say('place.asking'));
  navigator.geolocation.getCurrentPosition(
    (found) => send(found.coords.latitude, found.coords.longitude),
    (error) => toast(say(REASONS[error.code] || 'place.unavailable')),
    { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
  );
}
