curl -X DELETE \
     -H "Authorization: Bearer YOUR_API_KEY" \
     https://imglink.io/api/v1/image/abc123
