# syntax=docker/dockerfile:1
# tabship in a small image: `docker run --rm -v "$PWD:/work" tabship check`.

# libgit2 and SQLite are compiled from the sources in their crates; this image has the C compiler for it.
FROM rust:1.95-slim-trixie AS build
WORKDIR /source
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/source/target \
    cargo build --profile dist --locked --bin tabship \
    && cp target/dist/tabship /tabship

FROM debian:trixie-slim
# Debian keeps only its newest ca-certificates, so a pinned version would stop building.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin tabship
COPY --from=build /tabship /usr/local/bin/tabship
USER 10001:10001
WORKDIR /work
ENTRYPOINT ["tabship"]
CMD ["--help"]
