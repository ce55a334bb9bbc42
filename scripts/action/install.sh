#!/usr/bin/env bash
# Puts tabship on the PATH of the steps that follow: a release whose SHA-256 is verified, or, with no
# version, this commit built from source.
set -euo pipefail

folder=${RUNNER_TEMP:?set by the runner}/tabship
mkdir -p "$folder/bin"

if [ -z "${TABSHIP_INPUT_VERSION:-}" ]; then
  command -v cargo >/dev/null || {
    echo "tabship action: no cargo on this runner; set the input 'version' to install a release instead" >&2
    exit 2
  }
  cargo install --locked --path "${GITHUB_ACTION_PATH:?set by the runner}" --root "$folder"
else
  TABSHIP_VERSION=$TABSHIP_INPUT_VERSION TABSHIP_SHA256=${TABSHIP_INPUT_SHA256:-} TABSHIP_DIR=$folder/bin \
    bash "$(dirname "${BASH_SOURCE[0]}")/../install.sh"
fi
printf '%s\n' "$folder/bin" >>"$GITHUB_PATH"
