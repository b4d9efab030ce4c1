curl -X POST https://imglink.cc/api/v1/upload \
-H "X-API-Key: YOUR_API_KEY" \
-F "file=@image.png"
