#!/usr/bin/env bash
# Compiles pyproject.toml into the hashed locks. Usage: scripts/lock.sh [--upgrade | --upgrade-package NAME …]
#
# The locks name no registry, so that each machine uses the one it is set up for.
set -euo pipefail
cd "$(dirname "$0")/.."

uv=.tools/bin/uv
export UV_CUSTOM_COMPILE_COMMAND="make lock"
compile() {
  $uv pip compile --quiet --universal --python-version 3.11 --generate-hashes "$@"
}
compile pyproject.toml -o requirements.txt "${@}"
compile pyproject.toml --group dev -c requirements.txt -o requirements-dev.txt "${@}"
# The tool itself, so that a fresh machine can check what it runs.
echo uv | compile - --no-annotate -o requirements-uv.txt "${@}"

for lock in requirements.txt requirements-dev.txt requirements-uv.txt; do
  if grep -nE '^--|://' "$lock"; then
    echo "$lock names a registry or carries an option; it must hold packages and hashes only." >&2
    exit 1
  fi
done
