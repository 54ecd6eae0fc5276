"""One's own absences: when one is away, and who hears of one's terms meanwhile."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from wagtail.admin import messages
from wagtail.log_actions import log

from registry.deadlines import registration_day
from registry.desk.forms import DayInput, UserField
from registry.desk.screens import Screen
from registry.models import Absence
from registry.staff import seeing


def colleagues() -> QuerySet[Any]:
    """Those who work with the register, by name."""
    return (
        get_user_model()
        .objects.filter(pk__in=seeing())
        .order_by("last_name", "first_name", "username")
    )


class AbsenceForm(forms.ModelForm):
    """Days and substitute; who is away is known, or asked of the head of the registry."""

    substitute = UserField(
        label=gettext_lazy("Substitute"),
        queryset=get_user_model().objects.none(),
        empty_label=pgettext_lazy("of colleagues", "choose one"),
        help_text=gettext_lazy(
            "Hears of your terms instead of you. It gives no right to see or to do anything more."
        ),
    )
    first_day = forms.DateField(label=gettext_lazy("First day"), widget=DayInput())
    last_day = forms.DateField(label=gettext_lazy("Last day"), widget=DayInput())

    class Meta:
        model = Absence
        fields = ["first_day", "last_day", "substitute"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["substitute"].queryset = colleagues().exclude(  # type: ignore[attr-defined]
            pk=self.instance.user_id
        )


class AnyAbsenceForm(AbsenceForm):
    """Of whomever, for the head of the registry."""

    user = UserField(
        label=gettext_lazy("Who is away"),
        queryset=get_user_model().objects.none(),
        empty_label=pgettext_lazy("of colleagues", "choose one"),
    )

    class Meta(AbsenceForm.Meta):
        fields = ["user", "first_day", "last_day", "substitute"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = colleagues()  # type: ignore[attr-defined]
        self.fields["substitute"].help_text = gettext_lazy(
            "Hears of the terms instead. It gives no right to see or to do anything more."
        )


class MyAbsenceScreen(Screen):
    """One's own absences that are not over, and whom one stands in for."""

    template_name = "wagtailadmin/registry/my_absence.html"
    title = gettext_lazy("My absence")
    header_icon = "user"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """The list and the empty form."""
        return self._listed(AbsenceForm(instance=Absence(user=_user(request))))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Note an absence; what is wrong with it is said beside the field."""
        form = AbsenceForm(request.POST, instance=Absence(user=_user(request)))
        if not form.is_valid():
            return self._listed(form, status=422)
        absence = form.save()
        log(instance=absence, action="wagtail.create", user=request.user)
        messages.success(
            request,
            _("From %(first)s to %(last)s %(name)s hears of your terms.")
            % {
                "first": f"{absence.first_day:%d.%m.%Y}",
                "last": f"{absence.last_day:%d.%m.%Y}",
                "name": absence.substitute.get_full_name() or absence.substitute,
            },
        )
        for other in _left_alone(absence):
            messages.warning(
                request,
                _(
                    "In these days you stand in for %(name)s: the reminders go to the head meanwhile. Tell your "
                    "colleague to choose somebody else."
                )
                % {"name": other.user.get_full_name() or other.user},
            )
        return redirect("registry_my_absence:index")

    def _listed(self, form: AbsenceForm, status: int = 200) -> HttpResponseBase:
        user, today = _user(self.request), registration_day(timezone.now())
        rows = Absence.objects.filter(Q(user=user) | Q(substitute=user), last_day__gte=today)
        coming = list(rows.select_related("user", "substitute").order_by("first_day", "pk")[:100])
        return self.shown(
            status=status,
            form=form,
            today=today,
            own=[row for row in coming if row.user_id == user.pk],
            for_others=[row for row in coming if row.substitute_id == user.pk],
        )


def _user(request: HttpRequest) -> Any:
    """Who is logged in: nobody else comes to a screen."""
    return request.user


def _left_alone(absence: Absence) -> QuerySet[Absence]:
    """The absences of colleagues in the same days, in which who is now away was to stand in."""
    return Absence.objects.filter(
        substitute=absence.user,
        first_day__lte=absence.last_day,
        last_day__gte=absence.first_day,
    ).select_related("user")


class TakeBackScreen(Screen):
    """Takes back one of one's own absences."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Remove it; reminders come to oneself again. 404 for what is somebody else's."""
        absence = Absence.objects.filter(pk=pk, user=_user(request)).first()
        if absence is None:
            raise Http404
        log(instance=absence, action="wagtail.delete", user=request.user, deleted=True)
        absence.delete()
        messages.success(request, _("You are back: your reminders come to you again."))
        return redirect("registry_my_absence:index")
