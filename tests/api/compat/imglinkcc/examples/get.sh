curl https://imglink.cc/api/v1/image/aBcDeFgHiJ
