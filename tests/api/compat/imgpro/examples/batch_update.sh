# Replace tags for multiple items
curl -X PATCH "https://api.img.pro/v1/media?ids=abc123,def456,ghi789" \
  -H "Authorization: Bearer your-token" \
  -H "Content-Type: application/json" \
  -d '{
    "description": "Batch updated",
    "tags": "batch,updated",
    "tag_mode": "replace"
  }'

# Add tags to existing tags
curl -X PATCH "https://api.img.pro/v1/media?ids=abc123,def456" \
  -H "Authorization: Bearer your-token" \
  -H "Content-Type: application/json" \
  -d '{
    "tags": "new-tag,another-tag",
    "tag_mode": "add"
  }'

# Remove specific tags
curl -X PATCH "https://api.img.pro/v1/media?ids=abc123,def456" \
  -H "Authorization: Bearer your-token" \
  -H "Content-Type: application/json" \
  -d '{
    "tags": "old-tag,deprecated",
    "tag_mode": "remove"
  }'
