// Photos, files, the location. A photo is made smaller here: less to send, and without where it was taken.
import { choice, openSheet } from './sheets.js';
import { byId, element, say, toast } from './words.js';

const LONGEST_SIDE = 1600; // pixels
const QUALITY = 0.82;
const LARGEST = 10 * 1024 * 1024; // bytes
const SMALL = 1024 * 1024;

export function setUpAttach(send, place) {
  byId('attach-open').addEventListener('click', () => {
    openSheet(
      say('compose.attach'),
      choice(say('compose.photo'), () => byId('take-photo').click()),
      choice(say('compose.picture'), () => byId('pick-picture').click()),
      choice(say('compose.file'), () => byId('pick-file').click()),
      choice(say('compose.place'), place),
      element('p', { class: 'words' }, say('compose.file_note')),
    );
  });
  ['take-photo', 'pick-picture', 'pick-file'].forEach((id) => {
    byId(id).addEventListener('change', async (event) => {
      const files = Array.from(event.target.files);
      event.target.value = '';
      for (const file of files) await sendOne(file, send);
    });
  });
}

async function sendOne(file, send) {
  const isPicture = /^image\//.test(file.type);
  let content = file;
  if (isPicture) {
    if (file.size > SMALL) toast(say('compose.shrinking'));
    content = (await shrink(file)) || file;
  }
  if (content.size > LARGEST) {
    toast(say('errors.too_large', { megabytes: 10 }));
    return;
  }
  if (!content.size) {
    toast(say('errors.empty_file'));
    return;
  }
  send(content, file.name || 'photo.jpg');
}

// The picture again as JPEG, no side longer than that; null where the browser cannot read it.
async function shrink(file) {
  const address = URL.createObjectURL(file);
  try {
    const image = await load(address);
    const scale = Math.min(1, LONGEST_SIDE / Math.max(image.naturalWidth, image.naturalHeight));
    if (scale === 1 && file.type === 'image/png' && file.size <= SMALL) return file;
    const canvas = document.createElement('canvas');
    canvas.width = Math.max(1, Math.round(image.naturalWidth * scale));
    canvas.height = Math.max(1, Math.round(image.naturalHeight * scale));
    const pen = canvas.getContext('2d');
    pen.fillStyle = '#fff';
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', QUALITY));
  } catch (error) {
    return null;
  } finally {
    URL.revokeObjectURL(address);
  }
}

function load(address) {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => resolve(image);
    image.onerror = reject;
    image.src = address;
  });
}
