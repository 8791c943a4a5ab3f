#!/usr/bin/env bash
# Prometheus and promtool, with which tests hold the alerts and dashboards against what hosts export: the distribution's package, unpacked into
# a cache outside the tree ($DEVOPSCD_TEST_HOME), so that no server of it starts. DEVOPSCD_TEST_PROMETHEUS names a folder with both programs to
# use instead, where there is no apt.
set -euo pipefail
exec </dev/null
if [[ -n ${DEVOPSCD_TEST_PROMETHEUS:-} ]]; then
  [[ -x $DEVOPSCD_TEST_PROMETHEUS/promtool ]] || { echo "DEVOPSCD_TEST_PROMETHEUS names no folder with promtool: $DEVOPSCD_TEST_PROMETHEUS" >&2; exit 1; }
  exit 0
fi
if [[ $(id -u) == 0 ]]; then default_home=/var/cache/devopscd-test; else default_home=$HOME/.cache/devopscd-test; fi
home=${DEVOPSCD_TEST_HOME:-$default_home}/prometheus
bin=$home/usr/bin
if [[ ! -x $bin/promtool || ! -x $bin/prometheus ]]; then
  command -v apt-get >/dev/null || { echo "prometheus: missing; install it and set DEVOPSCD_TEST_PROMETHEUS to its folder" >&2; exit 1; }
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  # _apt must be able to write where it downloads to.
  chmod 777 "$work"
  elevate=()
  [[ $(id -u) == 0 ]] || elevate=(sudo -n)
  (cd "$work" && { apt-get -qq download prometheus || { "${elevate[@]}" apt-get -qq -o DPkg::Lock::Timeout=300 update && apt-get -qq download prometheus; }; }) \
    >"$work/log" 2>&1 || { tail -n 20 "$work/log" >&2; echo "prometheus: its package could not be downloaded" >&2; exit 1; }
  mkdir -p "$home"
  dpkg-deb -x "$work"/prometheus_*.deb "$home"
fi
# For the tests, see infra/test/run.
[[ -z ${DEVOPSCD_TEST_ENVIRONMENT:-} ]] || echo "DEVOPSCD_TEST_PROMETHEUS=$bin" >>"$DEVOPSCD_TEST_ENVIRONMENT"
