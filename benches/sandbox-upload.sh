#!/usr/bin/env bash
# How fast the sandbox takes uploads, against a server that throws everything away and against the disk alone.
#
# usage: benches/sandbox-upload.sh [TABSHIP] [ROUNDS]
#
# Sends 1 GiB in chunks of 64 MiB by curl, over one connection: to /sandbox/discard; to an upload session, which parses and
# keeps it; to another one, which finds that it has these bytes; and writes as many bytes to a file, with dd. Each round
# has bytes of its own. Prints the best rate of each over the rounds, and the ratio of the uploads' to the others. TABSHIP is a
# release build of tabship (default: target/release/tabship), or of the sandbox's example `serve`.
set -euo pipefail
cd "$(dirname "$0")/.."
binary=$(realpath "${1:-target/release/tabship}")
rounds=${2:-3}
chunks=16
bytes=$((64 << 20))

folder=$(mktemp -d)
trap 'kill "$server" 2>/dev/null || true; rm -rf "$folder"' EXIT
case $(basename "$binary") in
  serve) "$binary" 127.0.0.1:0 "$folder/data" >"$folder/out" & ;;
  *) "$binary" sandbox --listen 127.0.0.1:0 --data "$folder/data" >"$folder/out" 2>/dev/null & ;;
esac
server=$!
for _ in $(seq 100); do
  grep -q listening "$folder/out" && break
  sleep 0.1
done
url=$(sed -n 's/^listening on //p' "$folder/out")

boundary=6f3c2b1a
# make: chunks of bytes that nobody has seen.
make() {
  local number
  for number in $(seq $chunks); do
    {
      printf -- '--%s\r\nContent-Disposition: name="request_payload"\r\nContent-Type: text/xml\r\n\r\n\r\n' $boundary
      printf -- '--%s\r\nContent-Disposition: name="tableau_file"; filename="x"\r\nContent-Type: application/octet-stream\r\n\r\n' $boundary
      head -c $bytes /dev/urandom
      printf -- '\r\n--%s--\r\n' $boundary
    } >"$folder/chunk-$number"
  done
}

credentials='{"credentials":{"personalAccessTokenName":"sandbox","personalAccessTokenSecret":"sandbox-secret","site":{"contentUrl":"dev"}}}'
signed=$(curl -sf "$url/api/3.29/auth/signin" -H 'Content-Type: application/json' -H 'Accept: application/json' -d "$credentials")
field() { python3 -c "import json,sys; print(json.load(sys.stdin)$1)"; }
token=$(field '["credentials"]["token"]' <<<"$signed")
site=$(field '["credentials"]["site"]["id"]' <<<"$signed")
headers=(-H "X-Tableau-Auth: $token" -H 'Accept: application/json' -H 'Expect:')

# send URL: the chunks, one after the other; prints MB/s.
send() {
  local arguments=() number start end
  for number in $(seq $chunks); do
    arguments+=(-T "$folder/chunk-$number" -o /dev/null "$1")
  done
  start=$(date +%s%N)
  curl -sSf "${headers[@]}" -H "Content-Type: multipart/mixed; boundary=$boundary" "${arguments[@]}"
  end=$(date +%s%N)
  echo $((chunks * bytes * 1000 / (end - start)))
}
# write FILE: as many bytes, one write after the other; prints MB/s.
write() {
  local start end
  start=$(date +%s%N)
  dd if=/dev/zero of="$1" bs=1M count=$((chunks * bytes >> 20)) status=none
  end=$(date +%s%N)
  rm "$1"
  echo $((chunks * bytes * 1000 / (end - start)))
}
# upload: the chunks to a new session; prints MB/s.
upload() {
  local session
  session=$(curl -sf "${headers[@]}" -X POST "$url/api/3.29/sites/$site/fileUploads" | field '["fileUpload"]["uploadSessionId"]')
  send "$url/api/3.29/sites/$site/fileUploads/$session"
}
best() { sort -n | tail -1; }

for _ in $(seq "$rounds"); do
  make
  send "$url/sandbox/discard" >>"$folder/discard"
  upload >>"$folder/upload"
  upload >>"$folder/again"
  write "$folder/plain" >>"$folder/file"
done
discard=$(best <"$folder/discard")
file=$(best <"$folder/file")
upload=$(best <"$folder/upload")
again=$(best <"$folder/again")
echo "discard  $discard MB/s"
echo "file     $file MB/s"
echo "upload   $upload MB/s: $((100 * upload / discard)) % of discard, $((100 * upload / file)) % of file"
echo "again    $again MB/s: $((100 * again / discard)) % of discard"
