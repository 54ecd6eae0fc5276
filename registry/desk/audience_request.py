"""Registering a request to be received: one form, a number, and the rung of the ladder."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from wagtail.admin import messages

from registry import audiences
from registry.defaults import AUDIENCE as AUDIENCE_KIND
from registry.desk.audience_forms import RequestForm
from registry.desk.audience_views import AUDIENCE, LIST
from registry.desk.counter import code_of, digest_of, new_token, nonce_of, submission_key
from registry.desk.screens import Screen, refusal_text
from registry.enums import Channel, ReplyBy
from registry.lifecycle import NotPossible
from registry.models import EntryKind
from registry.registration import Filing, RegistrationRefused, Sender, SentDifferently
from registry.tracking_codes import hash_code


def filing_of(data: dict[str, Any], kind: EntryKind, nonce: str) -> Filing:
    """What is registered of a form that was filled in well."""
    return Filing(
        kind=kind,
        subject=data["subject"],
        body=data["body"],
        channel=Channel.AUDIENCE,
        language=data["language"],
        sender=Sender(
            name=data["name"],
            email=data["email"],
            address=data["address"],
            phone=data["phone"],
        ),
        reply_by=ReplyBy(data["reply_by"]),
        tracking_hash=hash_code(code_of(nonce), settings.SECRET_KEY),
        submission_key=submission_key(nonce),
        submission_digest=digest_of(data, []),
    )


class RequestScreen(Screen):
    """The form. The same form again leads to the same audience; what was typed is never lost."""

    permission = "register_entry"
    template_name = "wagtailadmin/registry/audience_request.html"
    title = gettext_lazy("Request an audience")
    parent = (LIST, pgettext_lazy("to be received", "Audiences"))
    header_icon = "group"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """An empty form with a token of its own."""
        return self._form(RequestForm(request.user), new_token())

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Register the request."""
        form, token = RequestForm(request.user, request.POST), request.POST.get("token", "")
        nonce = nonce_of(token)
        if nonce is None:
            form.add_error(
                None,
                _(
                    "This form was open for too long, so nothing was registered. Look at it and send it again."
                ),
            )
            token = new_token()
        kind = EntryKind.objects.filter(key=AUDIENCE_KIND).first()
        if kind is None:
            form.add_error(
                None,
                _("The kind of document “%(key)s” is missing: let the head of the registry add it.")
                % {"key": AUDIENCE_KIND},
            )
        if not form.is_valid() or nonce is None or kind is None:
            return self._form(form, token, 422)
        data = form.cleaned_data
        try:
            audience = audiences.request(
                filing_of(data, kind, nonce),
                data["level"],
                register_=data["register"],
                actor=request.user,
                department=data["department"],
                wants_writing=data["wants_writing"],
                after=data["after"],
                override=data.get("override", ""),
            )
        except NotPossible as problem:
            form.add_error(None, str(problem))
            return self._form(form, token, 409)
        except SentDifferently as sent:
            form.add_error(
                None,
                _(
                    "This form was registered already, with other content, as %(number)s. To register what stands "
                    "here now as another document, send it again."
                )
                % {"number": sent.entry.number_text},
            )
            return self._form(form, new_token(), 409)
        except RegistrationRefused as refusal:
            form.add_error(None, refusal_text(refusal))
            return self._form(form, token, 503)
        slip = reverse("registry_counter:slip", args=[token])
        messages.success(
            request,
            _("Registered as %(number)s.") % {"number": audience.entry},
            buttons=[messages.button(slip, _("Print the slip"), new_window=True)],
        )
        return redirect(AUDIENCE, audience.pk)

    def _form(self, form: RequestForm, token: str, status: int = 200) -> HttpResponseBase:
        return self.shown(status=status, form=form, token=token)
