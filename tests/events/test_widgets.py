"""The controls of a rule: what they show, what they take, what they say when it cannot be."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django import forms
from django.http import QueryDict
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from events.fields import RuleField
from events.form_fields import RuleFormField, RulePartError
from events.recurrence import LAST, Frequency, Rule
from events.rule_storage import rule_in, stored
from events.widgets import PARTS, RuleWidget, controls_of
from tests.admin_forms import parse

THURSDAY = date(2026, 11, 26)


class RuleForm(forms.Form):
    rule = RuleFormField(required=False)


def posted(name: str = "rule", **parts: Any) -> QueryDict:
    """What a browser sends when only these controls are filled."""
    data = QueryDict(mutable=True)
    for part, value in parts.items():
        data.setlist(f"{name}_{part}", value if isinstance(value, list) else [value])
    return data


def read(start: date | None = None, **parts: Any) -> Rule | None:
    form = RuleForm(posted(**parts))
    form.fields["rule"].start = start  # type: ignore[attr-defined]
    assert form.is_valid(), form.errors
    return rule_in(form.cleaned_data["rule"])


def refused(**parts: Any) -> RulePartError:
    """The only error of these controls."""
    form = RuleForm(posted(**parts))
    assert not form.is_valid()
    (error,) = form.errors.as_data()["rule"]
    assert isinstance(error, RulePartError)
    return error


weekdays = st.lists(st.integers(0, 6), min_size=1, max_size=7, unique=True).map(
    lambda days: tuple(sorted(days))
)
ends = st.one_of(
    st.just({}),
    st.builds(lambda day: {"until": day}, st.dates(date(1990, 1, 1), date(2190, 1, 1))),
    st.builds(lambda count: {"count": count}, st.integers(1, 500)),
)
bodies = st.one_of(
    st.just({"frequency": Frequency.DAILY}),
    st.just({"frequency": Frequency.YEARLY}),
    st.builds(lambda days: {"frequency": Frequency.WEEKLY, "weekdays": days}, weekdays),
    st.builds(
        lambda day: {"frequency": Frequency.MONTHLY, "month_day": day},
        st.one_of(st.integers(1, 28), st.just(LAST)),
    ),
    st.builds(
        lambda number, weekday: {"frequency": Frequency.MONTHLY, "nth_weekday": (number, weekday)},
        st.sampled_from([1, 2, 3, 4, 5, LAST]),
        st.integers(0, 6),
    ),
)
rules = st.builds(
    lambda body, end, interval: Rule(interval=interval, **body, **end),
    bodies,
    ends,
    st.integers(1, 1000),
)


@given(rules)
def test_every_rule_survives_storage_the_controls_and_back(rule: Rule) -> None:
    assert rule_in(stored(rule)) == rule
    shown: dict[str, Any] = {
        part: value.isoformat() if isinstance(value, date) else value
        for part, value in controls_of(rule).items()
        if value is not None
    }
    assert read(**shown) == rule


def test_parts_that_do_not_apply_are_ignored() -> None:
    rubbish: dict[str, Any] = dict.fromkeys(("interval", "month_day", "count", "until"), "0")
    rubbish["weekdays"] = ["9"]
    assert read(frequency="once", end="count", **rubbish) is None
    assert read(frequency="daily", interval="2", end="never", month_day="99", count="999") == Rule(
        Frequency.DAILY, 2
    )
    assert read(frequency="monthly", month="last", month_day="99", nth="x", weekdays=["9"]) == Rule(
        Frequency.MONTHLY, month_day=LAST
    )


def test_nothing_sent_is_an_event_that_takes_place_once() -> None:
    assert read() is None


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"frequency": "weekly"}, Rule(Frequency.WEEKLY, weekdays=(3,))),
        ({"frequency": "monthly", "month": "day"}, Rule(Frequency.MONTHLY, month_day=26)),
        ({"frequency": "monthly", "month": "weekday"}, Rule(Frequency.MONTHLY, nth_weekday=(4, 3))),
        (
            {"frequency": "monthly", "month": "weekday", "nth": "-1"},
            Rule(Frequency.MONTHLY, nth_weekday=(LAST, 3)),
        ),
    ],
)
def test_what_is_left_open_is_as_on_the_first_day(parts: dict[str, Any], expected: Rule) -> None:
    assert read(THURSDAY, **parts) == expected


def test_fifth_weekday_left_open_means_the_last() -> None:
    rule = read(date(2026, 10, 29), frequency="monthly", month="weekday")
    assert rule == Rule(Frequency.MONTHLY, nth_weekday=(LAST, 3))


@pytest.mark.parametrize(
    ("parts", "part", "code"),
    [
        ({"frequency": "secondly"}, "frequency", "frequency"),
        ({"frequency": "daily", "interval": "0"}, "interval", "interval"),
        ({"frequency": "daily", "interval": "-1"}, "interval", "interval"),
        ({"frequency": "daily", "interval": "1.5"}, "interval", "interval"),
        ({"frequency": "daily", "interval": "9" * 400}, "interval", "interval"),
        ({"frequency": "daily", "end": "count", "count": "501"}, "count", "count"),
        ({"frequency": "daily", "end": "count"}, "count", "count"),
        ({"frequency": "daily", "end": "date"}, "until", "until_missing"),
        ({"frequency": "daily", "end": "date", "until": "31.02.2027"}, "until", "until"),
        ({"frequency": "daily", "end": "date", "until": "2027-01-01\x00"}, "until", "until"),
        ({"frequency": "weekly", "weekdays": ["7"]}, "weekdays", "weekdays"),
        ({"frequency": "weekly"}, "weekdays", "weekdays_missing"),
        ({"frequency": "monthly", "month_day": "29"}, "month_day", "month_day"),
        ({"frequency": "monthly"}, "month_day", "month_day_missing"),
        ({"frequency": "monthly", "month": "weekday", "nth": "6"}, "nth_weekday", "nth_weekday"),
    ],
)
def test_refusals_name_their_part(parts: dict[str, Any], part: str, code: str) -> None:
    error = refused(**parts)
    assert (error.part, error.code) == (part, code)


def test_refused_form_shows_what_was_typed_with_the_error_at_its_control() -> None:
    form = RuleForm(
        posted(frequency="weekly", interval="0", weekdays=["1", "4"], end="count", count="12")
    )
    bound = form["rule"]
    html = RuleWidget().render_with_errors(
        "rule", bound.value(), {"id": "id_rule"}, errors=bound.errors
    )
    page = parse(html)
    interval = page.find("input", attrs={"name": "rule_interval"})
    assert interval["value"] == "0"
    assert interval["aria-invalid"] == "true"
    assert "1000" in page.find(id=interval["aria-describedby"]).text
    ticked = page.find_all("input", attrs={"name": "rule_weekdays", "checked": True})
    assert [box["value"] for box in ticked] == ["1", "4"]
    assert page.find("input", attrs={"name": "rule_count"})["value"] == "12"
    assert len(page.select(".error-message")) == 1


@pytest.mark.parametrize("name", ["rule", "rows-0-rule", "rows-__prefix__-rule"])
def test_every_control_has_a_name_of_its_own_and_a_label_or_legend(name: str) -> None:
    value = stored(Rule(Frequency.MONTHLY, nth_weekday=(2, 1), count=5))
    page = parse(RuleWidget().render(name, value, {"id": f"id_{name}"}))
    controls = page.find_all(["input", "select"])
    assert {control["name"] for control in controls} == {f"{name}_{part}" for part in PARTS}
    ids = [control["id"] for control in controls]
    assert len(ids) == len(set(ids))
    for control in controls:
        labels = page.find_all("label", attrs={"for": control["id"]})
        assert len(labels) == 1, control
        assert labels[0].text.strip()
        assert not control.has_attr("required")
    for group in page.find_all("fieldset"):
        assert group.find("legend").text.strip()
    for control in page.find_all("input", type=["radio", "checkbox"]):
        assert control.find_parent("fieldset")
    assert page.select_one(f"[name={name}_nth] option[selected]")["value"] == "2"
    assert not page.find_all(["script", "style"])
    assert not page.find_all(style=True)


def test_without_script_everything_is_visible() -> None:
    page = parse(RuleWidget().render("rule", None))
    hidden = page.find_all(hidden=True)
    # Only the shorter wordings of one label, which a script chooses from.
    assert {element.name for element in hidden} == {"span"}
    assert all(element.find_parent("label") for element in hidden)
    assert page.find("input", attrs={"name": "rule_frequency", "checked": True})["value"] == "once"


def test_script_comes_as_a_module() -> None:
    (script,) = [tag for tag in RuleWidget().media.render_js() if "schedule.js" in tag]
    assert 'type="module"' in script


def test_help_and_errors_of_the_field_belong_to_the_group() -> None:
    with override("en"):
        page = parse(RuleWidget().render("rule", None, {"id": "x", "aria-describedby": "help"}))
    group = page.find("rule-editor")
    assert (group["role"], group["aria-label"]) == ("group", "Repetition")
    assert group["aria-describedby"] == "help"
    assert not page.select("input[aria-describedby=help]")


def test_stored_rule_outside_the_subset_is_not_passed_off_as_none() -> None:
    with override("en"):
        html = RuleWidget().render("rule", "RRULE:FREQ=SECONDLY;COUNT=5")
    assert "SECONDLY" in parse(html).select_one(".help-warning").text.upper()


def test_change_is_seen_in_the_rule_not_in_the_controls() -> None:
    field = RuleFormField()
    weekly = stored(Rule(Frequency.WEEKLY, weekdays=(3,)))
    shown = controls_of(Rule(Frequency.WEEKLY, weekdays=(3,)))
    same = [{**shown, "month_day": "12", "count": "7"}[part] for part in PARTS]
    other = [{**shown, "interval": "2"}[part] for part in PARTS]
    broken = [{**shown, "interval": "0"}[part] for part in PARTS]
    assert not field.has_changed(weekly, same)
    assert field.has_changed(weekly, other)
    assert field.has_changed(weekly, broken)
    assert field.has_changed(None, same)
    assert not field.has_changed(None, [controls_of(None)[part] for part in PARTS])


@pytest.mark.parametrize(
    "text",
    [
        "RRULE:FREQ=SECONDLY",
        "RRULE:FREQ=DAILY;INTERVAL=0",
        "RRULE:FREQ=MONTHLY;BYMONTHDAY=31",
        "RRULE:FREQ=DAILY;COUNT=501",
        "RRULE:FREQ=DAILY\nRRULE:FREQ=WEEKLY",
        "RRULE:FREQ=DAILY\nRDATE:20261201T100000Z",
    ],
)
def test_model_field_refuses_what_the_library_would_store(text: str) -> None:
    field = RuleField(blank=True)
    with pytest.raises(forms.ValidationError):
        field.clean(text, None)


def test_model_field_brings_its_own_form_field() -> None:
    field: Any = RuleField(blank=True, verbose_name="repeats").formfield()
    assert (type(field), type(field.widget)) == (RuleFormField, RuleWidget)
    assert not field.required
