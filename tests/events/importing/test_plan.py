"""What an import would do is known before it does it."""

from __future__ import annotations

from datetime import date

from events.importing.candidates import Candidate, Reading
from events.importing.plan import compare
from events.importing.problems import Remark
from events.schedule import Schedule


def candidate(uid: str, title: str = "Concert") -> Candidate:
    return Candidate(uid, title, Schedule(date(2026, 12, 3)))


def test_new_changed_unchanged_gone():
    old = candidate("changed", "Before")
    reading = Reading(
        (candidate("new"), candidate("changed"), candidate("same"), candidate("back")),
        refused=(Remark("private", uid="refused"), Remark("no_uid"), Remark("no_uid")),
        notes=(Remark("alarm_left_out", uid="new"),),
    )
    existing = {
        "changed": old.digest,
        "same": candidate("same").digest,
        "back": "",
        "refused": "x",
        "gone": "x",
        "past": "x",
    }
    plan = compare(reading, existing, over={"past"})
    assert [c.uid for c in plan.new] == ["new"]
    assert [c.uid for c in plan.changed] == ["changed", "back"]
    assert [c.uid for c in plan.unchanged] == ["same"]
    # What is refused now is still there; what is over is not expected any more.
    assert plan.gone == ("gone",)
    assert plan.counts == {"new": 1, "changed": 2, "unchanged": 1, "gone": 1, "refused": 2}
    assert plan.refused == reading.refused
    assert plan.notes == reading.notes
    assert not plan.is_empty


def test_a_spreadsheet_says_nothing_of_what_is_not_in_it():
    assert compare(Reading(()), {"a": "x"}, is_whole=False).is_empty


def test_a_second_import_of_the_same_changes_nothing():
    reading = Reading((candidate("a"), candidate("b")))
    digests = {c.uid: c.digest for c in compare(reading, {}).new}
    assert compare(reading, digests).is_empty


def test_several_mistakes_of_one_row_are_one_row():
    refused = tuple(Remark("formula", row=2, column=column) for column in ("a", "b"))
    assert compare(Reading((), refused), {}).counts["refused"] == 1


def test_a_calendar_that_is_suddenly_empty_is_suspicious():
    existing = {str(number): "x" for number in range(8)}
    kept = Reading(tuple(candidate(str(number)) for number in range(4)))
    assert compare(Reading(()), existing).is_sweeping
    assert not compare(kept, existing).is_sweeping
    assert not compare(Reading(()), dict(list(existing.items())[:3])).is_sweeping
    assert not compare(Reading(()), existing, over=set(existing)).is_sweeping
