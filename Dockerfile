# Pixferry and nothing else: one image for every process; the command says which (`up`, `api`,
# `sweep --watch`, `migrate` …). docs/deployment.md shows how to run it.

FROM python:3.12-slim-bookworm AS build
WORKDIR /app
RUN python -m venv .venv
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY core core
COPY api api
COPY bot bot
COPY migrations migrations
COPY pixferry pixferry
# `--build-arg EXTRAS=rembg,vision` brings the neural network of PIXFERRY_SEGMENTER=rembg, too.
ARG EXTRAS=vision
RUN .venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check -c constraints.txt -e ".[$EXTRAS]"
# The program may not write here later on, so it is compiled now: it starts in half the time.
RUN .venv/bin/python -m compileall -q core api bot migrations pixferry

FROM python:3.12-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin pixferry \
    && install -d -m 0700 -o pixferry -g pixferry /data
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/app/.venv/bin:$PATH \
    PIXFERRY_DATA_DIR=/data \
    PIXFERRY_HOST=0.0.0.0 \
    PYTHONUNBUFFERED=1
VOLUME /data
USER pixferry
EXPOSE 8080
# No shell between: a signal reaches the program, which finishes requests in flight first.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --start-interval=1s \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ.get('PIXFERRY_PORT', '8080') + '/healthz', timeout=4)"]
ENTRYPOINT ["pixferry"]
CMD ["up"]
