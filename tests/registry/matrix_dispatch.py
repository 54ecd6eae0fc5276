"""Rows of the permission matrix: the dispatch book, court mail, the print of the register, the office's tables."""

from __future__ import annotations

from typing import Any

from registry import court_mail, lifecycle
from registry.enums import Mode
from registry.models import AnswerTemplate, EntryKind, FileClass, Institution
from registry.registration import Sender
from tests.registry.filings import answered, approved, at, entry_of

REGISTRY = "login home home 200 200 home home home home home home 200"
PRINT = "login home home 200 200 home home home home home 200 200"
HEAD = "login home home home 200 home home home home home home 200"
# An empty form: what is missing is said.
ASKED = REGISTRY.replace("200", "422")

ROWS: dict[str, tuple[str, str]] = {
    "registry_dispatch:index": ("GET", REGISTRY),
    "registry_dispatch:index send": ("POST", ASKED),
    "registry_dispatch:returned": ("GET", REGISTRY),
    "registry_dispatch:sent": ("GET", REGISTRY),
    "registry_dispatch:failed": ("GET", REGISTRY),
    "registry_dispatch:lists": ("GET", REGISTRY),
    "registry_dispatch:lists make": ("POST", REGISTRY.replace("200", "409")),
    "registry_dispatch:list": ("GET", REGISTRY),
    "registry_dispatch:letter": ("GET", REGISTRY),
    "registry_dispatch:print": ("GET", REGISTRY),
    "registry_dispatch:send": ("POST", ASKED),
    "registry_dispatch:delivered": ("POST", ASKED),
    "registry_dispatch:came_back": ("POST", ASKED),
    # Of a confidential entry: closed to those who send letters, too.
    "registry_dispatch:letter confidential": ("GET", REGISTRY.replace("200 200", "404 404")),
    "registry_court:index": ("GET", REGISTRY),
    "registry_court:entry": ("GET", REGISTRY),
    "registry_court:entry of a petition": ("GET", REGISTRY.replace("200", "404")),
    **{
        f"registry_court:{name}": ("POST", ASKED)
        for name in ("record", "hand_over", "take_down", "send_back")
    },
    "registry_print:index": ("GET", PRINT),
    "registry_print:pages": ("GET", PRINT),
    "registry_print:pdf": ("GET", PRINT),
    "registry_print:pages of nothing": ("GET", PRINT.replace("200", "404")),
}
TABLES = dict.fromkeys(
    ("registry_institutions", "registry_file_classes", "registry_templates"), HEAD
)


def targets(world: dict[str, Any]) -> dict[str, Any]:
    """A letter of a petition, one of a confidential entry, a posting list, court mail."""
    general, clerk = world["general"], world["people"]["clerk"]
    # The year of the world's first entry is closed already.
    moment = at(2027, 1, 5, 10)
    petition = entry_of(world["complaint"], general, moment)
    letter = answered(petition, moment=moment()).letters.get()
    secret = entry_of(EntryKind.objects.get(is_confidential=True), general, moment)
    hidden = answered(secret, moment=moment()).letters.get()
    court = entry_of(EntryKind.objects.get(key="instanta"), general, moment)
    court_mail.record(
        court,
        court="Judecătoria Probă",
        case_number="1/211/2027",
        document="Citație",
        addressee="Ion Exemplu",
        displayed_on=moment().date(),
        actor=clerk,
        at=moment(),
    )
    to_post = Sender(name="Ilona Probă", address="str. Încercării nr. 3")
    posted = approved(entry_of(world["complaint"], general, moment, sender=to_post))
    lifecycle.dispatch(posted, Mode.POST, actor=clerk)
    posting_list = lifecycle.make_posting_list(posted.letters.all(), Mode.POST, actor=clerk)
    args = world["args"]
    args["registry_dispatch:index send"] = []
    args["registry_dispatch:lists make"] = []
    for name in ("returned", "sent", "failed", "lists"):
        args[f"registry_dispatch:{name}"] = []
    args["registry_dispatch:list"] = [posting_list.pk]
    args["registry_dispatch:letter confidential"] = [hidden.pk]
    args["registry_court:entry of a petition"] = [petition.pk]
    args["registry_print:pages"] = args["registry_print:pdf"] = ["general", "2026"]
    args["registry_print:pages of nothing"] = ["general", "2026-01-01"]
    return {
        "registry_dispatch": letter,
        "registry_court": court,
        "registry_institutions": Institution.objects.create(name="Probă", email="a@example.org"),
        "registry_file_classes": FileClass.objects.create(code="I.A.1", name="Probă"),
        "registry_templates": AnswerTemplate.objects.create(
            key="proba", name="Probă", text="Bună ziua, {name}."
        ),
    }
