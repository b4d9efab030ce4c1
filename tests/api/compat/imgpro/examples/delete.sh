curl -X DELETE "https://api.img.pro/v1/media/abc123" \
  -H "Authorization: Bearer your-token"
