# What makes backups and brings them back: PostgreSQL's own programs, of the version of the server,
# and age.
#
#   docker compose build backup
ARG BASE=postgres:17-bookworm
FROM ${BASE}
RUN apt-get update \
    && apt-get install -y --no-install-recommends age \
    && rm -rf /var/lib/apt/lists/*
# A restore is the first to mount new volumes: these take their owner from the folders here.
RUN install -d -o 10001 -g 10001 -m 700 /data/media /data/destroyed
COPY deploy/backup deploy/restore /usr/local/bin/
# The server's own start is not wanted here.
ENTRYPOINT []
CMD ["backup", "/backups"]
