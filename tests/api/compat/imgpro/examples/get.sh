# Public access (no auth)
curl "https://api.img.pro/v1/media/abc123"

# Authenticated access
curl "https://api.img.pro/v1/media/abc123" \
  -H "Authorization: Bearer your-token"
