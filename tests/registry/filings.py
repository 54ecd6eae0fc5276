"""Documents to register, as tests need them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from contacts.models import Department
from registry import lifecycle
from registry.enums import Mode, Outcome
from registry.models import AudienceSlot, EntryKind, Register, RegistryEntry
from registry.registration import Filing, Sender, register
from tests.conftest import BUCHAREST
from tests.factories import DepartmentFactory


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


def request_filing(**values: Any) -> Filing:
    """A request to be received by somebody who does not exist."""
    kind = EntryKind.objects.get(key="audienta")
    return filing(kind, **{"subject": "Aleea din spatele blocului", **values})


def slot_for(
    level: str = "department", department: Department | None = None, **values: Any
) -> AudienceSlot:
    """An hour of audiences with two places, on Monday, 16 March 2026, at ten."""
    begins = datetime(2026, 3, 16, 10, tzinfo=BUCHAREST)
    return AudienceSlot.objects.create(
        **{"level": level, "department": department, "starts_at": begins, "places": 2, **values}
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


def approved(
    entry: RegistryEntry, text: str = "Am rezolvat.", moment: datetime | None = None
) -> RegistryEntry:
    """The entry with an approved answer: assigned where it was not, written and approved by the system itself."""
    who: dict[str, Any] = {"actor": None, "at": moment}
    if entry.department_id is None:
        lifecycle.assign(entry, DepartmentFactory(), **who)
    lifecycle.submit(
        entry,
        text,
        outcome=Outcome.GRANTED,
        legal_basis="OG 27/2002",
        signatory_head="Maria Exemplu, secretar general",
        signatory_department="Ion Probă, șef serviciu",
        **who,
    )
    return lifecycle.approve(entry, **who)


def answered(
    entry: RegistryEntry, text: str = "Am rezolvat.", moment: datetime | None = None
) -> RegistryEntry:
    """The entry, answered by e-mail: approved (see above) and sent by the system itself."""
    approved(entry, text, moment)
    return lifecycle.dispatch(entry, Mode.EMAIL, actor=None, at=moment)
