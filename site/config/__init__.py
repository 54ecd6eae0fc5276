"""Wiring only: settings, URLs, server entry points. No models."""

import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]

# The apps live beside site/, not in it (the standard library owns the name `site`).
# This is the project's only path line.
if str(REPOSITORY) not in sys.path:
    sys.path.insert(0, str(REPOSITORY))
