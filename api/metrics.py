"""Numbers for Prometheus."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest


class Metrics:
    """One registry an application, so that several can live in one process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "pixferry_requests",
            "HTTP requests answered.",
            ["method", "route", "status"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "pixferry_request_seconds",
            "Time to answer an HTTP request.",
            ["route"],
            registry=self._registry,
        )
        self._known: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self._hosted = Counter(
            "pixferry_images_hosted", "Images hosted.", ["way"], registry=self._registry
        )

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count an answered request."""
        known = self._known.get((method, route, status))
        if known is None:  # finding those of some labels takes longer than counting
            known = self._requests.labels(method, route, str(status)), self._seconds.labels(route)
            self._known[method, route, status] = known
        count, time = known
        count.inc()
        time.observe(seconds)

    def hosted(self, way: str) -> None:
        """Count a hosted image; `way` is `upload`, `import` or `page`."""
        self._hosted.labels(way).inc()

    def render(self) -> bytes:
        """The text that Prometheus reads."""
        return generate_latest(self._registry)
