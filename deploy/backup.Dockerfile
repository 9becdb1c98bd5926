# What makes backups and brings them back: PostgreSQL's own programs, of the version of the server,
# and age.
#
#   docker compose build backup
ARG BASE=postgres:17-bookworm
FROM ${BASE}
RUN apt-get update \
    && apt-get install -y --no-install-recommends age \
    && rm -rf /var/lib/apt/lists/*
COPY deploy/backup deploy/restore /usr/local/bin/
# The server's own start is not wanted here.
ENTRYPOINT []
CMD ["backup", "/backups"]
