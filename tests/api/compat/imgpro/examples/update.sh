curl -X PATCH "https://api.img.pro/v1/media/abc123" \
  -H "Authorization: Bearer your-token" \
  -H "Content-Type: application/json" \
  -d '{
    "description": "Updated description",
    "tags": "updated,new-tags",
    "public": true
  }'
