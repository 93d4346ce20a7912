#!/usr/bin/env bash
# The one test command, for a Debian with the .NET SDK, Node.js and root: installs what else is needed, builds once, runs every test
# project, and ends with the line "N passed, N failed". A step that fails, a project without tests and a skipped test count as failed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# No build server outlives this script.
export MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false DOTNET_CLI_USE_MSBUILD_SERVER=0
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 TESTINGPLATFORM_TELEMETRY_OPTOUT=1 DEBIAN_FRONTEND=noninteractive
export DOTNET_ROOT="${DOTNET_ROOT:-$(dirname "$(readlink -f "$(command -v dotnet)")")}"

# The youngest generation of .NET's heaps, 32 MB. A virtual machine may not tell the size of its caches, and then it has a quarter of a
# megabyte, and compilers and tests collect all day. Nor does any of them live long enough to earn back the counting of its calls.
export DOTNET_GCgen0size=0x2000000 DOTNET_TieredPGO=0

passed=0 failed=0 group= log=$(mktemp)
finish() {
  [ -z "$group" ] || kill -KILL -- "-$group" 2>/dev/null
  rm -f "$log"
  [ $((passed + failed)) -gt 0 ] || failed=1
  echo "$passed passed, $failed failed"
  exit $((failed > 0))
}
trap finish EXIT
trap 'failed=$((failed + 1)); exit' INT TERM

step() { # name, command...: shows the output of a failure only, and ends there
  echo "$1"
  "${@:2}" >"$log" 2>&1 || { cat "$log"; echo "FAILED: $1"; failed=1; exit; }
}

install() {
  apt-get update && apt-get install -y --no-install-recommends chromium-headless-shell default-jre-headless fonts-noto-core
}

run() { # project: its built executable, in a process group of its own, so that nothing it started stays; two tests a core, as many wait
  local name status=0 summary total bad
  name=$(basename "$1")
  timeout 1200 "$1/bin/Release/net10.0/$name" -noLogo -noColor -maxThreads 2x >"$log" 2>&1 &
  group=$!
  wait "$group" || status=$?
  kill -KILL -- "-$group" 2>/dev/null
  group=

  # "   Pressroom.Tests  Total: 9, Errors: 0, Failed: 0, Skipped: 0, Not Run: 0, Time: 0.5s", or "Total: 0" and no more
  summary=$(sed -nE 's/^ +([^ ]+ +Total: [0-9]+)/\1/p' "$log" | tail -1)
  count() { sed -nE "s/.* $1: ([0-9]+).*/\1/p" <<<"$summary" | grep . || echo 0; }
  total=$(count Total)
  bad=$(($(count Errors) + $(count Failed) + $(count Skipped) + $(count 'Not Run')))
  passed=$((passed + total - (bad < total ? bad : total)))
  if [ "$total" -eq 0 ] || { [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; }; then
    bad=1 # it ran nothing, or did not come to its end
  fi

  failed=$((failed + bad))
  if [ "$bad" -gt 0 ]; then
    cat "$log"
    echo "FAILED: $name, exit code $status"
  else
    echo "$summary"
  fi
}

missing() {
  ! command -v chromium-headless-shell || ! command -v java || ! dpkg -s fonts-noto-core
} >/dev/null 2>&1

if missing; then
  step "Installing Chromium's headless shell, a Java runtime and fonts" install
fi
if [ tests/node_modules/.package-lock.json -ot tests/package-lock.json ]; then
  step "Installing npm packages" npm ci --prefix tests --no-audit --no-fund
fi
step "Auditing dependencies" bash tests/audit.sh
step "Building" dotnet build Functions.sln -c Release -v quiet # which checks the code style too
step "Checking the formatting" dotnet format whitespace Functions.sln --verify-no-changes --no-restore
for project in tests/*Tests; do
  run "$project"
done
