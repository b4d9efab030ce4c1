async function uploadImage(file) {
  const formData = new FormData();
  formData.append('file', file);

  try {
    const response = await fetch('https://imglink.io/api/v1/upload', {
      method: 'POST',
      body: formData
    });

    const result = await response.json();

    if (result.success) {
      console.log('Image uploaded:', result.data.links.direct);
      return result.data.links.direct;
    } else {
      console.error('Upload failed:', result.error.message);
    }
  } catch (error) {
    console.error('Network error:', error);
  }
}
