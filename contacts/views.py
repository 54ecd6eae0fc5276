"""Cards and tables of the directory to download: language-neutral addresses, GET only, no cookies."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms.models import SiteIdentity
from cms.multilingual import LANGUAGES, SOURCE_LANGUAGE, LocalizedText
from contacts.book import contact_book
from contacts.cards import all_cards, find_card
from contacts.spreadsheet import safe_cell, write_csv
from contacts.telephone_directory import directory_entries
from contacts.vcard import to_vcard, to_vcards

SECURITY_TXT_LIFE = timedelta(days=180)


def _language(request: HttpRequest) -> str:
    """?lang=, one of the site's languages; Romanian otherwise."""
    code = request.GET.get("lang", SOURCE_LANGUAGE)
    return code if code in LANGUAGES else SOURCE_LANGUAGE


def _institution() -> LocalizedText | str:
    identity = SiteIdentity.objects.first()
    return identity.institution if identity else ""


def _download(content: str | bytes, content_type: str, filename: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=f"{content_type}; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{filename}"',
            "X-Robots-Tag": "noindex",
        },
    )


def _version(request: HttpRequest) -> str:
    """3.0 unless 4.0 is asked for: telephones still import 3.0 better (extensions above all)."""
    return "4.0" if request.GET.get("version") == "4.0" else "3.0"


@require_safe
def card(request: HttpRequest, key: str) -> HttpResponse:
    """/contacts/{key}.vcf: one department or post. `?version=4.0`, `?lang=`."""
    with translation.override(_language(request)):
        found = find_card(key, _institution())
        if found is None:
            raise Http404
        return _download(to_vcard(found, _version(request)), "text/vcard", f"{key}.vcf")  # type: ignore[arg-type]


@require_safe
def cards(request: HttpRequest) -> HttpResponse:
    """/contacts/all.vcf: the whole directory as one file of cards."""
    with translation.override(_language(request)):
        text = to_vcards(all_cards(_institution()), _version(request))  # type: ignore[arg-type]
        return _download(text, "text/vcard", "contacts.vcf")


@require_safe
def table(request: HttpRequest) -> HttpResponse:
    """/contacts/all.csv: the whole directory as a table for a spreadsheet."""
    with translation.override(_language(request)):
        header = [
            _("Name"),
            _("Function"),
            _("Department"),
            _("Telephone"),
            _("Rooms"),
            _("E-mail"),
        ]
        rows = [
            [
                entry.name,
                entry.function,
                entry.unit,
                "; ".join(safe_cell(phone) for phone in entry.phones),
                ", ".join(entry.rooms),
                ", ".join(entry.emails),
            ]
            for entry in directory_entries(request)
        ]
        return _download(write_csv(rows, header), "text/csv", "contacts.csv")


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """/.well-known/security.txt (RFC 9116): whom to tell of a weakness; 404 while no address is public."""
    main = contact_book(request).main()
    if main is None or not main.emails:
        raise Http404
    expires = timezone.now().date() + SECURITY_TXT_LIFE
    lines = [
        f"Contact: mailto:{main.emails[0][0]}",
        f"Expires: {expires.isoformat()}T00:00:00Z",
        f"Preferred-Languages: {', '.join(LANGUAGES)}",
        f"Canonical: {settings.AGORA_BASE_URL.rstrip('/')}{request.path}",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
