curl -H "Authorization: Bearer YOUR_API_KEY" \
     -X POST https://imglink.io/api/v1/upload
