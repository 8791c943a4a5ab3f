#!/usr/bin/env bash
# The browser that tests look at pages with, and a font with Chinese letters, from the distribution. DEVOPSCD_TEST_CHROMIUM names a Chromium
# to use instead, where there is no apt.
set -euo pipefail
exec </dev/null
if [[ -n ${DEVOPSCD_TEST_CHROMIUM:-} ]]; then
  [[ -x $DEVOPSCD_TEST_CHROMIUM ]] || { echo "DEVOPSCD_TEST_CHROMIUM names no program: $DEVOPSCD_TEST_CHROMIUM" >&2; exit 1; }
  exit 0
fi
wanted=()
command -v chromium >/dev/null || wanted+=(chromium)
[[ -e /usr/share/fonts/truetype/wqy/wqy-microhei.ttc ]] || wanted+=(fonts-wqy-microhei)
if ((${#wanted[@]} > 0)); then
  command -v apt-get >/dev/null || { echo "browser: missing ${wanted[*]}; install Chromium and set DEVOPSCD_TEST_CHROMIUM" >&2; exit 1; }
  elevate=()
  [[ $(id -u) == 0 ]] || elevate=(sudo -n)
  apt=("${elevate[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300)
  log=$(mktemp)
  { "${apt[@]}" update && "${apt[@]}" install -y --no-install-recommends "${wanted[@]}"; } >"$log" 2>&1 ||
    { tail -n 20 "$log" >&2; echo "browser: ${wanted[*]} could not be installed" >&2; exit 1; }
  rm -f "$log"
fi
# For the tests, see infra/test/run.
[[ -z ${DEVOPSCD_TEST_ENVIRONMENT:-} ]] || echo "DEVOPSCD_TEST_CHROMIUM=$(command -v chromium)" >>"$DEVOPSCD_TEST_ENVIRONMENT"
