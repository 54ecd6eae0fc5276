#!/usr/bin/env bash
# Makes or refreshes .venv from a hashed lock. Usage: scripts/venv.sh runtime|dev
#
# A fresh machine has python3.11+, pip and make, perhaps no venv module: so pip puts the pinned uv into .tools/
# (its hash checked) and uv does the rest. Nothing runs when the locks have not changed since the last time.
set -euo pipefail
cd "$(dirname "$0")/.."

case "${1:-}" in
  runtime) lock=requirements.txt; satisfied_by="runtime dev" ;;
  dev) lock=requirements-dev.txt; satisfied_by=dev ;;
  *) echo "usage: $0 runtime|dev" >&2; exit 2 ;;
esac

# One state for both locks: a change in either installs again, which takes a second when little changed.
state=$(cat requirements.txt requirements-dev.txt requirements-uv.txt | cksum)
for kind in $satisfied_by; do
  if [ -x .venv/bin/python ] && [ "$(cat ".venv/.installed-$kind" 2>/dev/null)" = "$state" ]; then
    exit 0
  fi
done

find_python() {
  local candidate
  for candidate in "${PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11; do
    [ -n "$candidate" ] || continue
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      "$candidate" -c 'import sys; print(sys.executable)'
      return
    fi
  done
  echo "Agora needs Python 3.11 or newer and none was found. Name one with PYTHON=…" >&2
  return 1
}
python=$(find_python)

uv=.tools/bin/uv
uv_state=$(cksum < requirements-uv.txt)
if [ "$(cat .tools/.installed 2>/dev/null)" != "$uv_state" ]; then
  rm -rf .tools
  if "$python" -m pip install --quiet --disable-pip-version-check --root-user-action=ignore \
      --require-hashes --only-binary :all: --target .tools -r requirements-uv.txt; then
    echo "$uv_state" > .tools/.installed
  else
    echo "uv cannot be installed here; pip installs the packages instead, more slowly." >&2
    uv=
  fi
fi

echo "Installing $lock into .venv …"
if [ -n "$uv" ]; then
  [ -x .venv/bin/python ] || $uv venv --quiet --python "$python" .venv
  $uv pip install --quiet --python .venv/bin/python --require-hashes -r "$lock"
else
  [ -x .venv/bin/python ] || "$python" -m venv .venv
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
fi
echo "$state" > ".venv/.installed-$1"
