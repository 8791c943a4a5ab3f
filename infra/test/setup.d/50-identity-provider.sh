#!/usr/bin/env bash
# The OpenID Connect provider that tests log in at.
exec "$(dirname "${BASH_SOURCE[0]}")/../identity-provider/run" --install
