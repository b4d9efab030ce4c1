# List first 20 items
curl "https://api.img.pro/v1/media?limit=20" \
  -H "Authorization: Bearer your-token"

# Get next page using cursor
curl "https://api.img.pro/v1/media?limit=20&cursor=1704067200_123" \
  -H "Authorization: Bearer your-token"

# Fetch specific items
curl "https://api.img.pro/v1/media?ids=abc123,def456,ghi789" \
  -H "Authorization: Bearer your-token"

# Filter by tags (match any)
curl "https://api.img.pro/v1/media?tags=vacation,beach&tag_mode=any" \
  -H "Authorization: Bearer your-token"

# Filter by tags (match all)
curl "https://api.img.pro/v1/media?tags=vacation,beach&tag_mode=all" \
  -H "Authorization: Bearer your-token"
