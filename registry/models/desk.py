"""Who works for which department at the register, who stands in for whom, and what each keeps for himself."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contacts.models import Department


class DeskMember(models.Model):
    """An officer of a department: sees what is assigned to it and to the departments below it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="desk_memberships",
        verbose_name=_("user"),
    )
    department = models.ForeignKey(
        Department,
        on_delete=models.PROTECT,
        related_name="desk_members",
        verbose_name=_("department"),
    )

    is_head = models.BooleanField(
        _("head"),
        default=False,
        help_text=_("Leads the department: hears of what is late, approves its answers."),
    )

    changes_pages = False

    class Meta:
        verbose_name = _("officer of a department")
        verbose_name_plural = _("officers of departments")
        constraints = [
            models.UniqueConstraint(fields=["user", "department"], name="registry_desk_member_once")
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.department}"


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def on(self, day: date) -> AbsenceQuerySet:
        """Those that `day` (local) lies in."""
        return self.filter(first_day__lte=day, last_day__gte=day)


class Absence(models.Model):
    """Days on which somebody is away, and who hears of his or her terms meanwhile. Both days are local, inclusive."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="registry_absences",
        verbose_name=_("who is away"),
    )
    substitute = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="registry_substitutions",
        verbose_name=_("substitute"),
    )
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))

    changes_pages = False
    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ["-first_day", "pk"]

    def __str__(self) -> str:
        return f"{self.user} {self.first_day:%d.%m.%Y}–{self.last_day:%d.%m.%Y}"

    def clean(self) -> None:
        super().clean()
        if self.first_day and self.last_day and self.last_day < self.first_day:
            raise ValidationError(
                {"last_day": _("It ends before it begins: choose the same day or a later one.")}
            )
        if self.user_id and self.user_id == self.substitute_id:
            raise ValidationError(
                {"substitute": _("Nobody stands in for himself: choose a colleague.")}
            )
        if self.user_id and self.first_day and self.last_day:
            known = Absence.objects.filter(
                user=self.user_id, first_day__lte=self.last_day, last_day__gte=self.first_day
            ).exclude(pk=self.pk)
            if other := known.first():
                raise ValidationError(
                    {
                        "first_day": _(
                            "An absence from %(first)s to %(last)s is noted already: change that one, or choose "
                            "other days."
                        )
                        % {
                            "first": f"{other.first_day:%d.%m.%Y}",
                            "last": f"{other.last_day:%d.%m.%Y}",
                        }
                    }
                )
        if self.substitute_id and self.first_day and self.last_day:
            away = Absence.objects.filter(
                Q(user=self.substitute_id),
                first_day__lte=self.last_day,
                last_day__gte=self.first_day,
            ).exclude(pk=self.pk)
            if clash := away.first():
                raise ValidationError(
                    {
                        "substitute": _(
                            "%(name)s is away, too, from %(first)s to %(last)s: choose a colleague who is there."
                        )
                        % {
                            "name": self.substitute.get_full_name() or self.substitute,
                            "first": f"{clash.first_day:%d.%m.%Y}",
                            "last": f"{clash.last_day:%d.%m.%Y}",
                        }
                    }
                )


class SavedView(models.Model):
    """Filters of a list that somebody gave a name to; each has his or her own."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="registry_views"
    )
    screen = models.CharField(max_length=40)
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=1000)

    changes_pages = False

    class Meta:
        default_permissions = ()
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "screen", "name"], name="registry_saved_view_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class TermsToken(models.Model):
    """The secret address of a calendar of one's own terms; only its digest is kept."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="registry_terms_tokens"
    )
    digest = models.CharField(max_length=64, unique=True)
    name = models.CharField(_("for"), max_length=60, blank=True)
    created_at = models.DateTimeField(_("made"))
    last_used_at = models.DateTimeField(_("last used"), null=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True)

    changes_pages = False

    class Meta:
        default_permissions = ()
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.user} #{self.pk}"


class Reminder(models.Model):
    """A reminder that was written, so that it is written once: by entry, step of the ladder and the term it is of."""

    entry = models.ForeignKey(
        "registry.RegistryEntry", on_delete=models.PROTECT, related_name="reminders"
    )
    stage = models.CharField(max_length=16)
    term = models.DateField()
    at = models.DateTimeField()

    changes_pages = False
    wagtail_reference_index_ignore = True

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "stage", "term"], name="registry_reminder_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.stage} {self.term:%d.%m.%Y}"
