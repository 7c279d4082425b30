#!/bin/sh
# As the registry's images do: a configuration file is served, a command of ours is ours, and anything
# else is a program.
set -e
case "${1:-}" in
  *.yaml | *.yml) set -- kagami serve "$@" ;;
  serve | config | setup | healthcheck | verify | ls | prune | help | -*) set -- kagami "$@" ;;
esac
exec "$@"
