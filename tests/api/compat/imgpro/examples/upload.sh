curl -X POST https://api.img.pro/v1/upload \
  -H "Authorization: Bearer your-token" \
  -F "file=@photo.jpg" \
  -F "description=My awesome photo" \
  -F "tags=vacation,beach,sunset" \
  -F "ttl=7d" \
  -F "public=1"
