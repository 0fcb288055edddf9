# The command line as a container image. Build it in a clone: docker build -t glance-tasks .
#
#   docker run --rm -it -v ~/.config/openstack:/config/openstack:ro glance-tasks --os-cloud prod list
#   docker run --rm -e OS_AUTH_URL -e OS_APPLICATION_CREDENTIAL_ID -e OS_APPLICATION_CREDENTIAL_SECRET glance-tasks list -f json
FROM node:24.12-alpine3.22 AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build && npm pack --ignore-scripts && npm install --global --prefix /install --ignore-scripts ./glance-tasks-*.tgz

FROM node:24.12-alpine3.22
# tini is process 1. The kernel drops signals that process 1 does not handle, such as a second Ctrl-C.
RUN apk add --no-cache tini
COPY --from=build /install/lib/node_modules/glance-tasks /opt/glance-tasks
RUN ln -s /opt/glance-tasks/bin/glance-tasks.js /usr/local/bin/glance-tasks
# Tokens and compiled code are kept between runs if you mount a volume at /cache that this user owns.
ENV XDG_CONFIG_HOME=/config XDG_CACHE_HOME=/cache
RUN mkdir /cache /config && chown node:node /cache
USER node
WORKDIR /work
ENTRYPOINT ["/sbin/tini", "--", "glance-tasks"]
