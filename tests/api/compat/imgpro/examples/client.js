// Upload image
const formData = new FormData();
formData.append('file', fileInput.files[0]);
formData.append('description', 'My photo');
formData.append('tags', 'example,demo');
formData.append('public', '1');

const response = await fetch('https://api.img.pro/v1/upload', {
  method: 'POST',
  headers: {
    'Authorization': `Bearer ${apiToken}`
  },
  body: formData
});

const media = await response.json();
console.log('Uploaded:', media.src);

// List media with cursor pagination
async function* listAllMedia(apiToken) {
  let cursor = null;

  while (true) {
    const url = cursor
      ? `https://api.img.pro/v1/media?limit=100&cursor=${cursor}`
      : 'https://api.img.pro/v1/media?limit=100';

    const response = await fetch(url, {
      headers: { 'Authorization': `Bearer ${apiToken}` }
    });

    const data = await response.json();
    yield* data.data;

    if (!data.has_more) break;
    cursor = data.next_cursor;
  }
}

// Use it
for await (const media of listAllMedia(apiToken)) {
  console.log(media.name);
}
