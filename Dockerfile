# The image of kojiwatch: the static binary and what it needs.
#
#	docker build -t kojiwatch --build-arg "VERSION=$(dev/version)" .
#	docker buildx build --platform linux/amd64,linux/arm64 -t … --push .
#
# --target given uses the files of `dev/image-root dist/image/$TARGETARCH` instead of
# building them here, for releases and without a registry that has a Go image.
ARG GO_IMAGE=docker.io/library/golang:1.26

FROM scratch AS base
# The build context has no git history, so the version must be given.
ARG VERSION=devel
ARG REVISION CREATED
LABEL org.opencontainers.image.title="kojiwatch" \
      org.opencontainers.image.description="Watch a Koji build system over its message bus" \
      org.opencontainers.image.source="https://github.com/kojiwatch/kojiwatch" \
      org.opencontainers.image.documentation="https://github.com/kojiwatch/kojiwatch/blob/main/docs/container.md" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}"
# kojiwatch writes only to these folders; the rest may be read-only.
ENV STATE_DIRECTORY=/var/lib/kojiwatch CACHE_DIRECTORY=/var/cache/kojiwatch
USER 65532:65532
# This requires admin.listen in the configuration; 127.0.0.1:9672 is enough.
ENV KOJIWATCH_ADMIN=127.0.0.1:9672
HEALTHCHECK --interval=10s --timeout=6s --start-period=10s CMD ["/usr/bin/kojiwatch", "health"]
ENTRYPOINT ["/usr/bin/kojiwatch"]
CMD ["run", "--config", "/etc/kojiwatch/kojiwatch.yaml"]

FROM base AS given
ARG TARGETARCH
COPY --chown=65532:65532 dist/image/${TARGETARCH}/data/ /
COPY --chown=0:0 dist/image/${TARGETARCH}/root/ /

FROM --platform=$BUILDPLATFORM ${GO_IMAGE} AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG TARGETARCH
ARG VERSION=devel
RUN GOARCH=$TARGETARCH VERSION=$VERSION dev/image-root /image

FROM base
COPY --from=build --chown=65532:65532 /image/data/ /
COPY --from=build --chown=0:0 /image/root/ /
