#!/usr/bin/env bash
# One run of tabship from the action's inputs, which arrive as TABSHIP_INPUT_* variables.
# Every value becomes one argument, joined to its flag with `=`, so that none is read as a flag.
set -uo pipefail

arguments=()

fail() {
  printf 'tabship action: %s\n' "$1" >&2
  exit 2
}

# flag NAME VALUE: nothing for an empty value.
flag() {
  [ -z "$2" ] || arguments+=("--$1=$2")
}

# each NAME LINES: the flag once for each line that is not blank.
each() {
  local line
  while IFS= read -r line || [ -n "$line" ]; do
    line=${line%$'\r'}
    [ -z "${line//[[:space:]]/}" ] || arguments+=("--$1=$line")
  done <<<"$2"
}

# switch NAME VALUE [INPUT]: for inputs that are true or false.
switch() {
  case $2 in
    true) arguments+=("--$1") ;;
    false | '') ;;
    *) fail "the input ${3:-$1} is true or false, not '$2'" ;;
  esac
}

command=${TABSHIP_INPUT_COMMAND:-check}
case $command in
  check | review | diff | plan | deploy | promote | rollback | cleanup | status | doctor) arguments+=("$command") ;;
  *) fail "no command '$command'; there are check, review, diff, plan, deploy, promote, rollback, cleanup, status, doctor" ;;
esac

cd -- "${TABSHIP_INPUT_WORKING_DIRECTORY:-.}" || fail "no folder '${TABSHIP_INPUT_WORKING_DIRECTORY:-.}'"

flag manifest "${TABSHIP_INPUT_MANIFEST:-}"
flag target "${TABSHIP_INPUT_TARGET:-}"
flag from "${TABSHIP_INPUT_FROM:-}"
flag to "${TABSHIP_INPUT_TO:-}"
flag of "${TABSHIP_INPUT_OF:-}"
each select "${TABSHIP_INPUT_SELECT:-}"
flag changed-since "${TABSHIP_INPUT_CHANGED_SINCE:-}"
each allow "${TABSHIP_INPUT_ALLOW:-}"
each report "${TABSHIP_INPUT_REPORTS:-}"
flag format "${TABSHIP_INPUT_FORMAT:-}"
switch sandbox "${TABSHIP_INPUT_SANDBOX:-}"
flag jobs "${TABSHIP_INPUT_JOBS:-}"
flag timeout "${TABSHIP_INPUT_TIMEOUT:-}"
switch exit-code "${TABSHIP_INPUT_EXIT_CODE:-}"
flag base "${TABSHIP_INPUT_BASE:-}"
switch plan "${TABSHIP_INPUT_WITH_PLAN:-}" with-plan
switch comment "${TABSHIP_INPUT_COMMENT:-}"

# Only the run that writes a comment sees the token.
if [ "${TABSHIP_INPUT_COMMENT:-}" = true ] && [ -z "${GITHUB_TOKEN:-}" ]; then
  export GITHUB_TOKEN=${TABSHIP_INPUT_TOKEN:-}
fi
unset TABSHIP_INPUT_TOKEN

positional=()
case $command in
  plan) flag out "${TABSHIP_INPUT_PLAN:-}" ;;
  deploy) [ -z "${TABSHIP_INPUT_PLAN:-}" ] || positional+=("$TABSHIP_INPUT_PLAN") ;;
  diff) [ -z "${TABSHIP_INPUT_REVISIONS:-}" ] || positional+=("$TABSHIP_INPUT_REVISIONS") ;;
  check)
    while IFS= read -r line || [ -n "$line" ]; do
      line=${line%$'\r'}
      [ -z "${line//[[:space:]]/}" ] || positional+=("$line")
    done <<<"${TABSHIP_INPUT_PATHS:-}"
    ;;
esac
[ ${#positional[@]} -eq 0 ] || arguments+=(-- "${positional[@]}")

result=${TABSHIP_INPUT_RESULT:-}
if [ -n "$result" ]; then
  case $result in -*) result=./$result ;; esac
  tabship "${arguments[@]}" | tee "$result"
  code=${PIPESTATUS[0]}
else
  tabship "${arguments[@]}"
  code=$?
fi

case $code in
  0) verdict=passed ;;
  1) verdict=findings ;;
  2) verdict=usage ;;
  3) verdict=nothing-matched ;;
  4) verdict=unreachable ;;
  5) verdict=restored ;;
  6) verdict=refused ;;
  7) verdict=incomplete ;;
  10) verdict=changes ;;
  130) verdict=interrupted ;;
  *) verdict=failed ;;
esac

# The first report, else the result, as an absolute path: later steps run elsewhere.
report=$result
while IFS= read -r line; do
  line=${line%$'\r'}
  if [ -n "${line//[[:space:]]/}" ]; then
    report=${line#*=}
    break
  fi
done <<<"${TABSHIP_INPUT_REPORTS:-}"
case $report in
  '' | /* | [A-Za-z]:[\\/]*) ;;
  *) report=$PWD/$report ;;
esac

# A line of a value cannot end its own block: the delimiter is not known beforehand.
output() {
  local delimiter="tabship-$RANDOM$RANDOM$RANDOM"
  printf '%s<<%s\n%s\n%s\n' "$1" "$delimiter" "$2" "$delimiter" >>"${GITHUB_OUTPUT:-/dev/null}"
}
output verdict "$verdict"
output exit-code "$code"
output report "$report"

exit "$code"
