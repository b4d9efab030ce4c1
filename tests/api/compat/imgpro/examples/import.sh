curl -X POST https://api.img.pro/v1/import \
  -H "Authorization: Bearer your-token" \
  -H "Content-Type: application/json" \
  -d '{
    "url": "https://example.com/image.jpg",
    "description": "Imported image",
    "tags": "imported,example",
    "public": true
  }'
