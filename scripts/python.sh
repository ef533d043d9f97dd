#!/usr/bin/env bash
# Python packages that tests ask or talk to, in an environment of their own: a validator of tables, a mail server and SFTP servers. Says nothing where they
# are there; without a network they are left out, and the tests that need them skip by name.
set -euo pipefail
cd "$(dirname "$0")/.."
wanted=(frictionless==5.18.1 aiosmtpd==1.4.6 asyncssh==2.24.1 paramiko==5.1.0)
python=.build/venv/bin/python
"$python" - "${wanted[@]}" 2>/dev/null <<'CHECK' && exit 0
import importlib.metadata, sys
sys.exit(any(importlib.metadata.version(name) != version for name, version in (word.split("==") for word in sys.argv[1:])))
CHECK
python3 -m venv .build/venv && .build/venv/bin/pip install -q --disable-pip-version-check "${wanted[@]}" >/dev/null 2>&1 \
  || echo "${wanted[*]} cannot be installed: their tests are skipped" >&2
