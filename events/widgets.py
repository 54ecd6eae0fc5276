"""The editor's widget of a rule: plain labelled controls that need no script."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.forms.renderers import get_default_renderer
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events.recurrence import LAST, MAX_COUNT, MAX_INTERVAL, Frequency, Rule, RuleError
from events.rule_storage import rule_in
from locations.weekdays import WEEKDAY_NAMES

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

ONCE: Final = "once"
FREQUENCIES: Final = (
    (ONCE, pgettext_lazy("how often", "Once")),
    (Frequency.DAILY.value, pgettext_lazy("how often", "Daily")),
    (Frequency.WEEKLY.value, pgettext_lazy("how often", "Weekly")),
    (Frequency.MONTHLY.value, pgettext_lazy("how often", "Monthly")),
    (Frequency.YEARLY.value, pgettext_lazy("how often", "Yearly")),
)
ON_DAY, ON_LAST_DAY, ON_WEEKDAY = "day", "last", "weekday"
MONTH_MODES: Final = (
    (ON_DAY, _("On one day of the month")),
    (ON_LAST_DAY, _("On the last day of the month")),
    (ON_WEEKDAY, _("On a weekday of the month")),
)
AS_FIRST_DAY: Final = ("", _("as the first day"))
NUMBERS: Final = (
    AS_FIRST_DAY,
    ("1", pgettext_lazy("weekday of a month", "first")),
    ("2", pgettext_lazy("weekday of a month", "second")),
    ("3", pgettext_lazy("weekday of a month", "third")),
    ("4", pgettext_lazy("weekday of a month", "fourth")),
    ("5", pgettext_lazy("weekday of a month", "fifth")),
    (str(LAST), pgettext_lazy("weekday of a month", "last")),
)
NEVER, ON_DATE, AFTER = "never", "date", "count"
ENDS: Final = (
    (NEVER, pgettext_lazy("end of a series", "It goes on")),
    (ON_DATE, pgettext_lazy("end of a series", "On a date")),
    (AFTER, pgettext_lazy("end of a series", "After a number of dates")),
)
WEEKDAYS: Final[tuple[tuple[str, _StrPromise], ...]] = tuple(
    (str(number), name) for number, name in enumerate(WEEKDAY_NAMES)
)
PARTS: Final = (
    "frequency",
    "interval",
    "weekdays",
    "month",
    "month_day",
    "nth",
    "nth_weekday",
    "end",
    "until",
    "count",
)
"""The controls in their order; their names end in "_frequency" and so on."""

# Which control an error of a rule belongs to (events.recurrence.MESSAGES); the rest stands above all of them.
_CONTROL_OF: Final = {"nth_weekday": "nth"}


def controls_of(rule: Rule | None) -> dict[str, Any]:
    """What the controls show of a rule, by part."""
    shown: dict[str, Any] = {
        "frequency": rule.frequency.value if rule else ONCE,
        "interval": str(rule.interval) if rule else "1",
        "weekdays": [str(weekday) for weekday in rule.weekdays] if rule else [],
        "month": ON_DAY,
        "month_day": "",
        "nth": "",
        "nth_weekday": "",
        "end": NEVER,
        "until": None,
        "count": "",
    }
    if rule is None:
        return shown
    if rule.nth_weekday is not None:
        number, weekday = rule.nth_weekday
        shown |= {"month": ON_WEEKDAY, "nth": str(number), "nth_weekday": str(weekday)}
    elif rule.month_day == LAST:
        shown["month"] = ON_LAST_DAY
    elif rule.month_day is not None:
        shown["month_day"] = str(rule.month_day)
    if rule.until is not None:
        shown |= {"end": ON_DATE, "until": rule.until}
    elif rule.count is not None:
        shown |= {"end": AFTER, "count": str(rule.count)}
    return shown


def _number_input(limit: int) -> forms.NumberInput:
    return forms.NumberInput(attrs={"min": 1, "max": limit, "inputmode": "numeric"})


class RuleWidget(forms.MultiWidget):
    """Radio buttons, ticks and numbers for one rule of repetition; a script only hides what does not apply.

    The value is a list in the order of PARTS, or a stored rule. Parts that do not belong to the chosen
    frequency, month mode or end are shown too and are ignored when the field is cleaned.
    """

    template_name = "events/widgets/rule.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        widgets: dict[str, forms.Widget] = {
            "frequency": forms.RadioSelect(choices=FREQUENCIES),
            "interval": _number_input(MAX_INTERVAL),
            "weekdays": forms.CheckboxSelectMultiple(choices=WEEKDAYS),
            "month": forms.RadioSelect(choices=MONTH_MODES),
            "month_day": _number_input(28),
            "nth": forms.Select(choices=NUMBERS),
            "nth_weekday": forms.Select(choices=(AS_FIRST_DAY, *WEEKDAYS)),
            "end": forms.RadioSelect(choices=ENDS),
            # Not Wagtail's own date input: that one brings an inline script.
            "until": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "count": _number_input(MAX_COUNT),
        }
        super().__init__({part: widgets[part] for part in PARTS}, attrs)

    @property
    def media(self) -> forms.Media:
        """The style sheet and the custom elements, as a module."""
        return super().media + schedule_media()

    def id_for_label(self, id_: str) -> str:
        """None: a group has a legend for each of its parts."""
        return ""

    def use_required_attribute(self, initial: Any) -> bool:
        """Never: what is not chosen may stay empty."""
        return False

    def decompress(self, value: Any) -> list[Any]:
        try:
            rule = rule_in(value)
        except RuleError:
            rule = None
        shown = controls_of(rule)
        return [shown[part] for part in PARTS]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        attrs = dict(attrs or {})
        # These belong to the group, not to each of its controls.
        described_by = attrs.pop("aria-describedby", "")
        attrs.pop("aria-invalid", None)
        context = super().get_context(name, value, attrs)
        widget = context["widget"]
        widget["described_by"] = described_by
        widget["errors"] = {}
        widget["parts"] = dict(zip(PARTS, widget["subwidgets"], strict=True))
        for part in ("frequency", "weekdays", "month", "end"):
            shown = widget["parts"][part]
            shown["options"] = {
                option["value"]: option
                for _group, options, _i in shown["optgroups"]
                for option in options
            }
        widget["unreadable"] = self._unreadable(value)
        return context

    @staticmethod
    def _unreadable(value: Any) -> str:
        """Why a stored rule cannot be shown, "" if it can."""
        if isinstance(value, list | tuple):
            return ""
        try:
            rule_in(value)
        except RuleError as error:
            return str(error)
        return ""

    def render_with_errors(
        self,
        name: str,
        value: Any,
        attrs: Mapping[str, Any] | None = None,
        errors: Any = None,
        renderer: Any = None,
    ) -> SafeString:
        """Render with each error beside its control; Wagtail calls this instead of showing them itself."""
        context = self.get_context(name, value, dict(attrs or {}))
        widget = context["widget"]
        found: dict[str, list[str]] = {}
        for error in errors.as_data() if errors else ():
            field = getattr(error, "part", "")
            part = _CONTROL_OF.get(field, field)
            found.setdefault(part if part in PARTS else "rule", []).extend(_texts(error))
        for part in found.keys() & widget["parts"].keys():
            shown = widget["parts"][part]
            shown["attrs"] |= {
                "aria-invalid": "true",
                "aria-describedby": f"{shown['attrs'].get('id', part)}-errors",
            }
        widget["errors"] = found
        return SafeString((renderer or get_default_renderer()).render(self.template_name, context))


def _texts(error: Any) -> Iterable[str]:
    return [str(message) for message in error.messages]


def schedule_media() -> forms.Media:
    """What the editor of schedules needs: one style sheet, one ES module."""
    return forms.Media(
        css={"all": ["css/admin-schedule.css"]},
        js=[forms.Script("js/admin/schedule.js", type="module")],  # type: ignore[list-item]
    )
