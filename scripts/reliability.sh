#!/usr/bin/env bash
# Tries all that docs/reliability.md tells of, and writes its tables anew. Takes about twenty minutes on two cores.
set -euo pipefail
cd "$(dirname "$0")/.."
TABSHIP_RELIABILITY=all cargo test --test it --locked -- reliability --nocapture "$@"
git --no-pager diff --stat -- docs/reliability.md
