"""docs/demonstration.md tells of the accounts as they are."""

from __future__ import annotations

import re

from home.demo.accounts import ACCOUNTS, COLLEAGUES
from scripts.serve import ACCOUNTS as PRINTED
from tests.conftest import REPOSITORY

PAGE = (REPOSITORY / "docs/demonstration.md").read_text(encoding="utf-8")


def test_accounts_are_those_of_the_page_and_of_what_make_serve_prints() -> None:
    rows = re.findall(r"^\| `([\w-]+)` \| ([^|]+) \| ?([^|]*)\|$", PAGE, re.MULTILINE)
    told = {name: (role.strip(), works_for.strip()) for name, role, works_for in rows}
    assert told.pop("admin") == ("superuser", "")
    assert told == {
        account.username: (
            account.role,
            f"`{account.department}`{' (leads it)' if account.is_head else ''}"
            if account.department
            else "",
        )
        for account in ACCOUNTS
    }
    assert set(PRINTED) == {"admin", *told}
    assert set(re.findall(r"`(\w\.\w+)`", PAGE)) == {account.username for account in COLLEAGUES}
