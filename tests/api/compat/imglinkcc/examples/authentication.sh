curl -H "X-API-Key: YOUR_API_KEY" https://imglink.cc/api/v1/upload -F "file=@image.png"
