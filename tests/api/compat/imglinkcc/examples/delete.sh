curl -X DELETE https://imglink.cc/api/v1/image/aBcDeFgHiJ \
-H "X-API-Key: YOUR_API_KEY"
