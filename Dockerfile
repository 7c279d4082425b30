# Kagami in a container, in the place of registry:2 or registry:3: see "As a container" in README.md.
ARG BASE=node:20-bookworm-slim

FROM ${BASE} AS build
WORKDIR /opt/kagami
ENV npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false
COPY package.json package-lock.json tsconfig.json tsconfig.build.json LICENSE ./
COPY src ./src
COPY tools ./tools
# One step: a layer that has the tools, too, takes longer to write than they take to install.
RUN npm ci --ignore-scripts \
 && npm run build \
 && npm prune --omit=dev --ignore-scripts \
 && rm -rf src tools tsconfig*.json

FROM ${BASE}
LABEL org.opencontainers.image.title="Kagami" \
      org.opencontainers.image.description="A Docker Hub pull-through mirror" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production
WORKDIR /opt/kagami
COPY --from=build /opt/kagami ./
COPY deploy/container/entrypoint.sh /entrypoint.sh
COPY deploy/container/config.yml /etc/docker/registry/config.yml
# The registry's images have their configuration at one path (2.x) or at the other (3.x): here they are
# one, so that either can be mounted. The command has the registry's name, too, for those who give it.
RUN ln -s /etc/docker/registry /etc/distribution \
 && ln -s /opt/kagami/dist/app/kagami.cjs /usr/local/bin/kagami \
 && ln -s /usr/local/bin/kagami /bin/registry \
 && chmod 755 /entrypoint.sh dist/app/kagami.cjs \
 && mkdir -p /var/lib/registry \
 && chown 65532:65532 /var/lib/registry
# A number, so that Kubernetes can tell that it is not root.
USER 65532:65532
VOLUME /var/lib/registry
EXPOSE 5000 5001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s CMD ["kagami", "healthcheck"]
ENTRYPOINT ["/entrypoint.sh"]
CMD ["/etc/docker/registry/config.yml"]
