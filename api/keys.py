"""What hangs on the application and on each request."""

from __future__ import annotations

from aiohttp import web

from api.metrics import Metrics
from core.bootstrap import Core
from core.model import Caller, RateVerdict
from core.urls import Urls

CORE = web.AppKey("core", Core)
URLS = web.AppKey("urls", Urls)
METRICS = web.AppKey("metrics", Metrics)

REQUEST_ID = web.RequestKey("request_id", str)
CALLER = web.RequestKey("caller", Caller)
RATE = web.RequestKey("rate", RateVerdict)
