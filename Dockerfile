# One image for api, worker and scheduler; the command chooses.
FROM python:3.13-slim AS build
WORKDIR /build
COPY requirements.lock ./
RUN python -m venv /opt/dispatch \
    && /opt/dispatch/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY optimizer optimizer
COPY dispatch dispatch
COPY workers workers
RUN /opt/dispatch/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /var/lib/dispatch --create-home dispatch
COPY --from=build /opt/dispatch /opt/dispatch
ENV PATH=/opt/dispatch/bin:$PATH PYTHONUNBUFFERED=1 DISPATCH_DATA_DIR=/var/lib/dispatch
WORKDIR /var/lib/dispatch
USER dispatch
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD \
    ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health/ready', timeout=4)"]
CMD ["legal-dispatch", "api", "--host", "0.0.0.0", "--port", "8000"]
