# The leaf agent: docker buildx build --file images/agent.Dockerfile .
# It drives ip, nft and wg as root, and on a node it needs a privileged container (charts/leafway-leaf/README.md says why).
# Below /run it needs to write, nowhere else.

FROM --platform=$BUILDPLATFORM node:24.21.0-alpine3.24@sha256:ebfe2f90462722a7a4de65e91990e97fe0d401c70e0e762c5b53302f905ec1c1 AS build
WORKDIR /leafway
COPY . .
RUN npm ci --ignore-scripts
RUN node scripts/bundle-image.ts agent /out

# For kernels without WireGuard.
FROM --platform=$BUILDPLATFORM golang:1.26.8-alpine@sha256:51a7c389a5ddaf82f527191a1e9bff9928655130a44e4975dd1d7e0acf59f1ae AS wireguard
ARG TARGETARCH
WORKDIR /leafway/packages/lab/tools/wireguard-go
COPY packages/lab/tools/wireguard-go .
RUN CGO_ENABLED=0 GOARCH=$TARGETARCH go build -trimpath -ldflags "-s -w" -o /out/wireguard-go golang.zx2c4.com/wireguard

FROM node:24.21.0-alpine3.24@sha256:ebfe2f90462722a7a4de65e91990e97fe0d401c70e0e762c5b53302f905ec1c1 AS node

FROM alpine:3.24@sha256:294b683cb724975bec92580e1e685676bd4b50bda910ddb8c51d4cabeaec77e6
# Without versions: Alpine keeps only the newest of a release. What an image holds is in its SBOM.
RUN apk add --no-cache iproute2-minimal libstdc++ nftables util-linux-misc wireguard-tools-wg
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=wireguard /out/wireguard-go /usr/local/bin/wireguard-go
COPY --from=build /out /app
WORKDIR /app
ENV NODE_ENV=production
USER 0:0
ENTRYPOINT ["/usr/local/bin/node", "/app/dist/main.js"]
