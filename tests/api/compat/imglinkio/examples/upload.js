const formData = new FormData();
formData.append('file', fileInput.files[0]);
formData.append('album', 'my-project');

fetch('https://imglink.io/api/v1/upload', {
  method: 'POST',
  headers: {
    'Authorization': 'Bearer YOUR_API_KEY'
  },
  body: formData
})
.then(response => response.json())
.then(data => {
  console.log('Upload successful:', data);
});
