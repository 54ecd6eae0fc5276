"""Every address of the register in the admin, for every role: who gets in, who is sent away, who finds nothing."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from registry import intake, lifecycle
from registry.desk.counter import filing_of, new_token, nonce_of
from registry.files import uploads
from registry.models import (
    DeadlineRule,
    DeskMember,
    EntryKind,
    QueuedSubmission,
    Register,
    RegisterYear,
)
from registry.registration import register
from registry.year_services import close_year
from tests.registry.filings import at, entry_of, filing
from tests.registry.people import client_of, department_of
from tests.registry.sample_files import image

pytestmark = pytest.mark.django_db

WHO = (
    "anonymous nobody marketing clerk chief officer other_officer head cabinet confidential auditor admin"
).split()
# login, home: sent there. done: sent on after it was done.
EVERYBODY = "login home home 200 200 200 200 200 200 200 200 200"
REGISTRY = "login home home 200 200 home home home home home home 200"
COUNTER = "login home home 200 200 home home home 200 home home 200"
SLIP = "login home home 200 200 home home home 404 home home 200"
ENTRY = "login 404 404 200 200 200 404 200 404 404 200 200"
FILE = "login 404 404 200 200 200 404 200 404 404 404 200"
QUEUED = "login 404 404 200 200 404 404 404 404 404 404 200"
HEAD = "login home home home 200 home home home home home home 200"


def step(clerk: str, chief: str, officer: str, head: str, admin: str) -> str:
    """A row of a step with an entry that the officer and the head of its department, clerks and auditors see."""
    return f"login 404 404 {clerk} {chief} {officer} 404 {head} 404 404 home {admin}"


# 422: the step is theirs, and an empty form says what is missing; 409: theirs, but not with this entry as it is.
MATRIX: dict[str, tuple[str, str]] = {
    "registry_entries:list": ("GET", EVERYBODY),
    "registry_entries:entry": ("GET", ENTRY),
    "registry_entries:numbers": ("POST", "login 404 404 200 200 200 404 200 404 404 home 200"),
    **{
        f"registry_entries:step {name}": ("POST", step("422", "422", "home", "home", "422"))
        for name in (
            "assign ask_contributions concerns redirect join file_repeat file_anonymous close"
            " dispatch returned archive"
        ).split()
    },
    **{
        f"registry_entries:step {name}": ("POST", step("home", "home", "422", "422", "422"))
        for name in "take aspects refuse ask draft submit contribute".split()
    },
    **{
        f"registry_entries:step {name}": ("POST", step("home", "422", "home", "422", "422"))
        for name in "approve send_back sign".split()
    },
    **{
        f"registry_entries:step {name}": ("POST", step("home", "422", "home", "home", "422"))
        for name in "extend reopen cancel".split()
    },
    "registry_attachment": ("GET", FILE),
    "registry_attachment_picture": ("GET", FILE),
    "registry_counter:index": ("GET", COUNTER),
    "registry_counter:index send": ("POST", COUNTER.replace("200", "422")),
    "registry_counter:mail": ("GET", COUNTER),
    # The Cabinet registers, too, and does not see what others registered.
    "registry_counter:done": ("GET", SLIP),
    "registry_counter:slip": ("GET", SLIP),
    "registry_queue:index": ("GET", REGISTRY),
    "registry_queue:queued": ("GET", QUEUED),
    "registry_queue:dismiss": ("POST", QUEUED.replace("200", "422")),
    "registry_queue:accept": ("POST", QUEUED.replace("200", "done")),
    "registry_years:index": ("GET", EVERYBODY),
    "registry_years:close": ("GET", HEAD),
    "registry_years:statement": ("GET", EVERYBODY),
    "registry_trail:index": (
        "GET",
        "login home home home 200 home home home home home 200 200",
    ),
}


def areas() -> list[Any]:
    """The modules `matrix_*.py` beside this one: each has ROWS like MATRIX, and may have `targets` and TABLES.

    `targets(world)` gets what `targets` here made and returns more of it: what the addresses of a section are about,
    by section; where an address needs other arguments, it puts them into `world["args"]` by the row's name.
    """
    names = sorted(path.stem for path in Path(__file__).parent.glob("matrix_*.py"))
    return [import_module(f"tests.registry.{name}") for name in names]


for area in areas():
    MATRIX.update(area.ROWS)
# Tables that the head of the registry keeps.
TABLES = {
    **dict.fromkeys(
        ("registry_kinds", "registry_rules", "registry_registers", "registry_officers"), HEAD
    ),
    **{name: row for area in areas() for name, row in getattr(area, "TABLES", {}).items()},
}


def patterns(
    resolver: URLResolver, path: str = "", namespace: str = ""
) -> Iterator[tuple[str, str]]:
    """(path, name with its namespace) of every address."""
    for part in resolver.url_patterns:
        full = path + str(part.pattern)
        if isinstance(part, URLResolver):
            inner = f"{namespace}{part.namespace}:" if part.namespace else namespace
            yield from patterns(part, full, inner)
        elif isinstance(part, URLPattern):
            yield full, f"{namespace}{part.name}"


def addresses_of_register() -> set[str]:
    """The names of all addresses of the register in the admin."""
    return {name for path, name in patterns(get_resolver()) if path.startswith("admin/registru/")}


def is_table(name: str) -> bool:
    return name.partition(":")[0] in TABLES


def test_every_address_has_its_row() -> None:
    rows = {name.partition(" ")[0] for name in MATRIX}
    assert {name for name in addresses_of_register() if not is_table(name)} == rows


def test_models_of_the_register_have_no_address_elsewhere() -> None:
    named = [
        (path, name)
        for path, name in patterns(get_resolver())
        if any(
            model in f"{path} {name}"
            for model in ("registryentry", "queuedsubmission", "auditevent", "registry_registry")
        )
    ]
    assert named == []


def outcome(response: Any) -> str:
    if response.status_code != 302:
        return str(response.status_code)
    if response["Location"].startswith("/admin/login/"):
        return "login"
    return "home" if response["Location"] == "/admin/" else "done"


@pytest.fixture
def targets(general: Register, complaint: EntryKind, people: dict[str, Any]) -> dict[str, Any]:
    """What the addresses are about, by name; the entry belongs to the officer's department."""
    scan = uploads.receive(SimpleUploadedFile("foto.jpg", image("JPEG")))
    entry = entry_of(complaint, general, at(2026, 3, 12, 10), uploads=[scan])
    lifecycle.assign(entry, department_of(people["officer"]), actor=people["clerk"])
    attachment = entry.attachments.get()
    queued = intake.enqueue(filing(complaint, submission_key="q"), QueuedSubmission.Reason.RATE)
    token = new_token()
    data = {
        "kind": complaint,
        "subject": "Adresă",
        "body": "",
        "direction": "incoming",
        "channel": "counter",
        "name": "Cineva",
        "email": "",
        "address": "",
        "phone": "",
        "reply_by": "none",
        "sender_number": "",
        "sender_date": None,
        "counts_from": None,
        "sheets": None,
        "annexes": None,
    }
    nonce = nonce_of(token)
    assert nonce
    register(filing_of(data, [], nonce), register=general, clock=at(2026, 3, 12, 11))
    year = RegisterYear.objects.get()
    close_year(year, actor=people["chief"], now=at(2027, 1, 4, 9)())
    found: dict[str, Any] = {
        "registry_entries": entry,
        "registry_attachment": attachment,
        "registry_attachment_picture": attachment,
        "registry_queue": queued,
        "registry_years": year,
        "registry_kinds": EntryKind.objects.create(key="noua", name={"ro": "Nouă"}),
        "registry_rules": DeadlineRule.objects.first(),
        "registry_registers": general,
        "registry_officers": DeskMember.objects.first(),
    }
    world = {
        **found,
        "token": token,
        "args": {},
        "people": people,
        "general": general,
        "complaint": complaint,
        "entry": entry,
    }
    for area in areas():
        if hasattr(area, "targets"):
            world |= area.targets(world)
    return world


def address(name: str, targets: dict[str, Any]) -> str:
    if name in targets["args"]:
        return reverse(name.partition(" ")[0], args=targets["args"][name])
    name, _space, step = name.partition(" ")
    section, _colon, view = name.partition(":")
    if section == "registry_counter" and view not in {"index", "mail"}:
        return reverse(name, args=[targets["token"]])
    if view in {"index", "list", "add", "index_results", "mail"}:
        return reverse(name)
    step_args = [step] if view == "step" else []
    return reverse(name, args=[targets[section].pk, *step_args])


def test_each_role_gets_where_it_may_and_nowhere_else(
    targets: dict[str, Any], people: dict[str, Any]
) -> None:
    rows = {
        **MATRIX,
        **{
            name: ("GET", TABLES[name.partition(":")[0]])
            for name in sorted(addresses_of_register())
            if is_table(name)
        },
    }
    wrong = {}
    for number, who in enumerate(WHO):
        client = client_of(people.get(who))
        for name, (method, expected) in rows.items():
            response = client.generic(method, address(name, targets))
            if (found := outcome(response)) != (wanted := expected.split()[number]):
                wrong[who, name] = f"{found} instead of {wanted}"
            if found == "200":
                assert "no-store" in response["Cache-Control"], name
                assert "private" in response["Cache-Control"], name
    assert wrong == {}
