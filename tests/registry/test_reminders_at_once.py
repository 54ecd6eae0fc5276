"""Two runs of the tick at once: each reminder is told by one of them."""

from __future__ import annotations

from datetime import datetime

import pytest

from registry import audit
from registry.models import AuditEvent, EntryKind, Register, Reminder
from registry.reminders import remind
from tests.conftest import BUCHAREST, SiteTree
from tests.registry.people import make_people
from tests.registry.processes import in_processes
from tests.registry.reminded import mailed, petition, with_addresses

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_processes_at_once_tell_each_reminder_once(
    committed_register: Register, site_tree: SiteTree
) -> None:
    people = make_people()
    with_addresses(people)
    complaint = EntryKind.objects.get(key="sesizare")
    entries = [petition(complaint, committed_register, people) for _ in range(12)]

    def work(_process: int) -> int:
        return remind(datetime(2026, 12, 8, 9, tzinfo=BUCHAREST)).reminders

    assert sum(in_processes(4, work)) == 12
    assert sum(in_processes(2, work)) == 0
    assert sorted(
        event.entry_id or 0 for event in AuditEvent.objects.filter(data__stage="late7")
    ) == [entry.pk for entry in entries]
    # A summary for each of the four who hear of what is seven days late, and no other mail.
    assert sorted(mailed()) == ["cabinet", "chief", "head", "officer"]
    assert Reminder.objects.count() == 12 * 6
    # What comes up after the summaries were written.
    petition(complaint, committed_register, people)
    assert sum(in_processes(4, work)) == 1
    assert sorted(mailed("registry.reminder")) == ["cabinet"]
    assert list(audit.verify()) == []
