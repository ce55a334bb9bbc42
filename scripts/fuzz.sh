#!/usr/bin/env bash
# Fuzzes tabship: scripts/fuzz.sh [SECONDS [TARGET...]]; 60 seconds for each of all targets by default.
#
# Builds with the stable compiler: coverage for libFuzzer needs no nightly, and with no `unsafe` code of
# ours there is little for a sanitizer to see. Seeds are made from our own fixtures; the corpus that
# grows from them is in fuzz/corpus/, which git ignores. A crash is kept in fuzz/artifacts/TARGET/, and
# the command to repeat it is printed. Inputs that once crashed are in fuzz/regressions/TARGET/, and are run
# first. As many targets run at once as there are processors.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-60}
[ $# -gt 0 ] && shift
if [ $# -eq 0 ]; then
  mapfile -t targets < <(sed -n 's/^name = "\([a-z_]*\)"$/\1/p' fuzz/Cargo.toml)
  set -- "${targets[@]}"
fi

host=$(rustc -vV | sed -n 's/^host: //p')
export RUSTFLAGS="--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
  -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
  -Cllvm-args=-sanitizer-coverage-trace-compares -Clink-dead-code"
cargo build --quiet --manifest-path fuzz/Cargo.toml --release --locked --target "$host"
python3 fuzz/seeds.py

# run TARGET: fuzzes it, with its output in a file, for two at once would be mixed.
run() {
  local target=$1
  mkdir -p "fuzz/corpus/$target" "fuzz/artifacts/$target" "fuzz/regressions/$target"
  # A slow or a big input is a finding too: 10 seconds or 2 GiB for what is at most 1 MiB.
  "fuzz/target/$host/release/$target" "fuzz/corpus/$target" "fuzz/regressions/$target" \
    -artifact_prefix="fuzz/artifacts/$target/" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
    -max_len=1048576 -dict="fuzz/dictionaries/$target.txt" -print_final_stats=1 -verbosity=0 >"$logs/$target" 2>&1
}

# report TARGET STATUS: what the run found, in a line where it found nothing.
report() {
  local runs
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$logs/$1")
  printf '== %s: %s s, %s runs, %s inputs kept' "$1" "$seconds" "${runs:-no}" "$(find "fuzz/corpus/$1" -type f | wc -l)"
  if [ "$2" -eq 0 ]; then
    printf ', no finding\n'
  else
    printf ', FOUND SOMETHING\n'
    tail -n 60 "$logs/$1"
    printf 'Repeat it with: fuzz/target/%s/release/%s fuzz/artifacts/%s/NAME\n' "$host" "$1" "$1"
  fi
}

logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
at_once=$(nproc)
status=0
while [ $# -gt 0 ]; do
  batch=("${@:1:at_once}")
  shift "${#batch[@]}"
  pids=()
  for target in "${batch[@]}"; do
    run "$target" &
    pids+=($!)
  done
  for number in "${!batch[@]}"; do
    outcome=0
    wait "${pids[$number]}" || outcome=1
    report "${batch[$number]}" "$outcome"
    [ "$outcome" -eq 0 ] || status=1
  done
done
exit $status
