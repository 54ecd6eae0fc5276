"""Documents to register, as tests need them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from registry.models import EntryKind, Register, RegistryEntry
from registry.registration import Filing, Sender, register
from tests.conftest import BUCHAREST


def filing(kind: EntryKind, **values: Any) -> Filing:
    """A petition of `kind` by somebody who does not exist."""
    return Filing(
        **{
            "kind": kind,
            "subject": "Iluminatul aleii",
            "body": "Pe alee nu este lumină.",
            "sender": Sender(name="Ilona Probă", email="ilona@example.org"),
            **values,
        }
    )


def at(*parts: int) -> Any:
    """A clock that stands at a moment of Bucharest."""
    return lambda: datetime(*parts, tzinfo=BUCHAREST)  # type: ignore[misc,arg-type]


def entry_of(
    kind: EntryKind, register_: Register, clock: Any = None, **values: Any
) -> RegistryEntry:
    """A registered petition."""
    return register(
        filing(kind, **values), register=register_, **({"clock": clock} if clock else {})
    ).entry
