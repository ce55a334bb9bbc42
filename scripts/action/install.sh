#!/usr/bin/env bash
# Puts tabship on the PATH of the steps that follow: a release whose SHA-256 is verified, or, with no
# version, this commit built from source.
set -euo pipefail

fail() {
  printf 'tabship action: %s\n' "$1" >&2
  exit 2
}

version=${TABSHIP_INPUT_VERSION:-}
folder=${RUNNER_TEMP:?set by the runner}/tabship
mkdir -p "$folder/bin"

if [ -z "$version" ]; then
  command -v cargo >/dev/null || fail "no cargo on this runner; set the input 'version' to install a release instead"
  cargo install --locked --path "${GITHUB_ACTION_PATH:?set by the runner}" --root "$folder"
  printf '%s\n' "$folder/bin" >>"$GITHUB_PATH"
  exit 0
fi

version=${version#v}
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?$ ]] || fail "'$version' is no version; write one such as 0.1.0"

case "${RUNNER_OS:-}-${RUNNER_ARCH:-}" in
  Linux-X64) target=x86_64-unknown-linux-gnu ;;
  Linux-ARM64) target=aarch64-unknown-linux-gnu ;;
  macOS-X64) target=x86_64-apple-darwin ;;
  macOS-ARM64) target=aarch64-apple-darwin ;;
  Windows-X64) target=x86_64-pc-windows-msvc ;;
  *) fail "no release for ${RUNNER_OS:-?} on ${RUNNER_ARCH:-?}; leave 'version' empty to build it" ;;
esac

archive=tabship-$version-$target.tar.gz
releases=${TABSHIP_RELEASES_URL:-https://github.com/tabship/tabship/releases/download}

download() {
  curl --fail --silent --show-error --location --retry 3 --output "$folder/$1" "$releases/v$version/$1" \
    || fail "cannot download $releases/v$version/$1"
}

download "$archive"
expected=${TABSHIP_INPUT_SHA256:-}
if [ -z "$expected" ]; then
  download SHA256SUMS
  expected=$(awk -v name="$archive" '$2 == name || $2 == "*" name { print $1 }' "$folder/SHA256SUMS")
  [ -n "$expected" ] || fail "SHA256SUMS of v$version does not list $archive"
fi
if command -v sha256sum >/dev/null; then
  actual=$(sha256sum <"$folder/$archive")
else
  actual=$(shasum -a 256 <"$folder/$archive")
fi
actual=${actual%% *}
expected=$(printf %s "$expected" | tr A-F a-f) # bash 3 on macOS has no ${expected,,}
[ "$actual" = "$expected" ] || fail "$archive has the SHA-256 $actual, not $expected: it is not installed"

tar -xzf "$folder/$archive" -C "$folder/bin"
printf '%s\n' "$folder/bin" >>"$GITHUB_PATH"
printf 'tabship %s, SHA-256 verified\n' "$version"
