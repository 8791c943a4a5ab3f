#!/usr/bin/env bash
# The linter that a test holds the OpenAPI documents against.
exec "$(dirname "${BASH_SOURCE[0]}")/../openapi/lint" --install
