# The admission webhook: docker buildx build --file images/webhook.Dockerfile .
# One bundled module on a base without shell or package manager. It writes nothing: run it with a read-only root.

FROM --platform=$BUILDPLATFORM node:24.21.0-alpine3.24@sha256:ebfe2f90462722a7a4de65e91990e97fe0d401c70e0e762c5b53302f905ec1c1 AS build
WORKDIR /leafway
COPY . .
RUN npm ci --ignore-scripts
RUN node scripts/bundle-image.ts webhook /out

FROM gcr.io/distroless/nodejs24-debian13:nonroot@sha256:9eeb7f5887d0e239e78264b06f7f11d2e14be534050481803a9e4728fcdd278e
COPY --from=build /out /app
WORKDIR /app
ENV NODE_ENV=production
USER 65532:65532
ENTRYPOINT ["/nodejs/bin/node", "/app/dist/main.js"]
