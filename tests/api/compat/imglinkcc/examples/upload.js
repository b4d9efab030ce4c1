const form = new FormData();
form.append("file", fs.createReadStream("screenshot.png"));

const res = await fetch("https://imglink.cc/api/v1/upload", {
method: "POST",
headers: { "X-API-Key": "YOUR_API_KEY" },
body: form,
});
const data = await res.json();
console.log(data.url); // Direct image link
console.log(data.viewer); // Viewer page link
