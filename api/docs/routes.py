"""The documentation's addresses, one row each."""

from __future__ import annotations

from aiohttp import web

from api.compat.registry import DIALECTS
from api.docs import documents, pages, transforms

DOCS = [
    web.get("/api", pages.interactive),
    *(web.get(f"/api{dialect.prefix}", pages.interactive) for dialect in DIALECTS),
    *(web.get(address, pages.guide) for address, _ in pages.GUIDES if address != "/api"),
    web.get(transforms.SAMPLE_ADDRESS, transforms.sample),
    web.get("/openapi.json", documents.openapi_json),
    web.get("/openapi.yaml", documents.openapi_yaml),
    web.get("/llms.txt", pages.llms_txt),
]
