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
RUN mkdir -p -m 0700 /out/root/tmp /out/root/var/lib/heraut

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /usr/local/go/lib/time/zoneinfo.zip /usr/local/share/zoneinfo.zip
COPY --from=build --chown=65532:65532 /out/root/ /
COPY --from=build /out/heraut /usr/local/bin/heraut
ENV PATH=/usr/local/bin HOME=/var/lib/heraut ZONEINFO=/usr/local/share/zoneinfo.zip
USER 65532:65532
WORKDIR /var/lib/heraut
EXPOSE 8080
# For `heraut api`, by the settings of the container; a worker has one argument more.
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s CMD ["heraut", "healthcheck"]
ENTRYPOINT ["heraut"]
CMD ["--help"]
