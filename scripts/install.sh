#!/usr/bin/env bash
# Installs a release of tabship, when its SHA-256 is the expected one:
#
#   TABSHIP_VERSION=0.1.0 bash install.sh
#
#   TABSHIP_VERSION  the release, such as 0.1.0
#   TABSHIP_SHA256   what the archive must have; by default the sum in the release's SHA256SUMS
#   TABSHIP_DIR      where the binary goes; by default ~/.local/bin
set -euo pipefail

fail() {
  printf 'tabship: %s\n' "$1" >&2
  exit 2
}

version=${TABSHIP_VERSION:?say which release, such as TABSHIP_VERSION=0.1.0}
version=${version#v}
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?$ ]] || fail "'$version' is no version; write one such as 0.1.0"
directory=${TABSHIP_DIR:-$HOME/.local/bin}

# Alpine and its like have musl in place of glibc: they take the static binary.
case "$(ldd --version 2>&1 || true)" in
  *musl*) libc=musl ;;
  *) libc=gnu ;;
esac

case "$(uname -s)-$(uname -m)" in
  Linux-x86_64) target=x86_64-unknown-linux-$libc ;;
  Linux-aarch64) target=aarch64-unknown-linux-$libc ;;
  Darwin-x86_64) target=x86_64-apple-darwin ;;
  Darwin-arm64) target=aarch64-apple-darwin ;;
  MINGW*-x86_64 | MSYS*-x86_64) target=x86_64-pc-windows-msvc ;;
  *) fail "there is no release for $(uname -s) on $(uname -m); build it from source: cargo install --locked --path ." ;;
esac

archive=tabship-$version-$target.tar.gz
releases=${TABSHIP_RELEASES_URL:-https://github.com/tabship/tabship/releases/download}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

download() {
  curl --fail --silent --show-error --location --retry 3 --output "$folder/$1" "$releases/v$version/$1" \
    || fail "cannot download $releases/v$version/$1"
}

download "$archive"
expected=${TABSHIP_SHA256:-}
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

mkdir -p "$directory" "$folder/out"
tar -xzf "$folder/$archive" -C "$folder/out"
for binary in tabship tabship.exe; do
  [ ! -f "$folder/out/$binary" ] || install -m 755 "$folder/out/$binary" "$directory/$binary"
done
printf 'tabship %s is in %s, SHA-256 verified\n' "$version" "$directory"
