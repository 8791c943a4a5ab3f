#!/usr/bin/env bash
# The Kubernetes API server the deploy service's tests run against: built once, from the distribution's source, into a cache
# outside the tree. DEVOPSCD_TEST_KUBECONFIG names a throw-away cluster to use instead.
set -euo pipefail
if [[ -n ${DEVOPSCD_TEST_KUBECONFIG:-} ]]; then
  [[ -f $DEVOPSCD_TEST_KUBECONFIG ]] || { echo "DEVOPSCD_TEST_KUBECONFIG names no file: $DEVOPSCD_TEST_KUBECONFIG" >&2; exit 1; }
  exit 0
fi
exec "$(dirname "${BASH_SOURCE[0]}")/../../test-cluster/build"
