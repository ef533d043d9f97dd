#!/usr/bin/env bash
# An independent validator of tables, in an environment of its own. Says nothing where it is there; without a network it is
# left out, and the tests that ask it skip by name.
set -euo pipefail
cd "$(dirname "$0")/.."
version=5.18.1
python=.build/venv/bin/python
"$python" -c "import importlib.metadata as m, sys; sys.exit(m.version('frictionless') != '$version')" 2>/dev/null && exit 0
python3 -m venv .build/venv && .build/venv/bin/pip install -q --disable-pip-version-check "frictionless==$version" >/dev/null 2>&1 \
  || echo "frictionless $version cannot be installed: its tests are skipped" >&2
