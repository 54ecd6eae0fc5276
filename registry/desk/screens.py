"""What the desk's screens share: who may open them, where they stand, and what a busy register looks like."""

from __future__ import annotations

import logging
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from registry import viewing
from registry.models import RegistryEntry
from registry.querysets import EntryQuerySet
from registry.registration import NumbersUsed, RegistrationRefused

log = logging.getLogger("agora.registry.desk")

ENTRIES = "registry_entries:list"


def may(user: Any, permission: str) -> bool:
    """Whether `user` holds a permission of the register, such as "assign_entry"."""
    return bool(user.is_active and user.has_perm(f"registry.{permission}"))


def visible_entry(user: Any, pk: int, visible: EntryQuerySet | None = None) -> RegistryEntry:
    """The entry, if `user` may see it; Http404 otherwise, as if there were none.

    `visible` are those that `user` may see, where that is known already.
    """
    visible = RegistryEntry.objects.visible_to(user) if visible is None else visible
    entries = visible.select_related(
        "register",
        "kind",
        "department",
        "requested_department",
        "created_by",
        "officer",
        "concerns",
        "institution",
        "file_class",
        "joined_to",
        "repeats",
        "about",
        "selection",
    )
    entry = entries.filter(pk=pk).first()
    if entry is None:
        viewing.note_denied(pk, user)
        raise Http404
    return entry


def refusal_text(refusal: RegistrationRefused) -> str:
    """Why the register writes nothing now, for the clerk."""
    if isinstance(refusal, NumbersUsed):
        log.critical("the register hands out no numbers", extra={"detail": str(refusal)})
        return _(
            "The register hands out no numbers: it seems that an older backup was restored. Tell whoever runs the "
            "site. Nothing was written."
        )
    return _("The register is busy. Nothing was written; try again in a minute.")


class Screen(WagtailAdminTemplateMixin, View):
    """A screen of the desk. Without its permission Wagtail says so and leads home."""

    permission: ClassVar[str | None] = "view_registryentry"
    """Of the register; None where the screen itself says 404 to who may not see what it is about."""
    title: ClassVar[str | Promise] = gettext_lazy("Register")
    parent: ClassVar[tuple[str, str | Promise] | None] = (ENTRIES, gettext_lazy("Entries"))
    """The screen above this one: the name of its address, and what it is called."""
    header_icon = "clipboard-list"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.permission is not None and not may(request.user, self.permission):
            raise PermissionDenied
        try:
            return super().dispatch(request, *args, **kwargs)
        except RegistrationRefused as refusal:
            return self.refused(refusal)

    def refused(self, refusal: RegistrationRefused) -> HttpResponse:
        """The page that says that nothing can be written now."""
        self.template_name = "wagtailadmin/registry/busy.html"
        response = self.shown(status=503, explanation=refusal_text(refusal))
        response["Retry-After"] = "60"
        return response

    def get_page_title(self) -> str:
        """The title, which the breadcrumbs end with."""
        return str(self.title)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """From Wagtail's home to this screen."""
        above = [{"url": reverse(self.parent[0]), "label": self.parent[1]}] if self.parent else []
        return [*self.breadcrumbs_items, *above, {"url": "", "label": self.get_page_title()}]

    def shown(self, status: int = 200, **context: Any) -> TemplateResponse:
        """The screen with what it shows."""
        return TemplateResponse(
            self.request,
            self.get_template_names(),
            self.get_context_data(**context),
            status=status,
        )


class ScreenMenuItem(MenuItem):
    """A menu entry that is shown to who may open its screen."""

    permission = "view_registryentry"

    def is_shown(self, request: HttpRequest) -> bool:
        return may(request.user, self.permission)


def menu_item_for(permission: str | None) -> type[ScreenMenuItem]:
    """The class of a menu entry for a screen with this permission of the register."""
    return type("ScreenMenuItem", (ScreenMenuItem,), {"permission": permission})
