# syntax=docker/dockerfile:1

# The image holds one static binary. TAGS=lean, the default, leaves out the
# engine: for `heraut api` and `heraut worker` beside a Temporal cluster. Build
# with TAGS= for `heraut serve`.
FROM --platform=$BUILDPLATFORM golang:1.26.8-bookworm AS build
ARG TARGETOS
ARG TARGETARCH
ARG TAGS=lean
ARG VERSION=dev
ENV CGO_ENABLED=0 GOTOOLCHAIN=local GOCACHE=/cache/build GOMODCACHE=/cache/modules
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/cache \
    GOOS=$TARGETOS GOARCH=$TARGETARCH go build -trimpath -buildvcs=false -tags "$TAGS" \
      -ldflags "-s -w -X main.version=$VERSION" -o /out/heraut ./cmd/heraut
# A named volume takes its owner from the folder it covers.
RUN mkdir -p /out/state

# Alpine for its wget: health checks run inside the container.
FROM alpine:3.22.2
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /usr/share/zoneinfo /usr/share/zoneinfo
COPY --from=build /out/heraut /usr/local/bin/heraut
COPY --from=build --chown=65532:65532 --chmod=0700 /out/state /var/lib/heraut
USER 65532:65532
WORKDIR /var/lib/heraut
EXPOSE 8080
ENTRYPOINT ["heraut"]
CMD ["--help"]
