curl -X DELETE "https://api.img.pro/v1/media?ids=abc123,def456,ghi789" \
  -H "Authorization: Bearer your-token"
