"""Missing translations for all pages at once: the same as each page says of itself, and to each editor his own."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

import pytest
from django.db import connection
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Locale, Page
from wagtail_localize.models import Translation, TranslationSource

from cms.translation_gaps import TARGETS, Gap, gap_field, source_pages, with_any_gap, with_gaps
from cms.translation_report import translations_behind
from home.roles import sync_roles
from tests.events.calendar_site import translate
from tests.factories import StandardPageFactory, make_user
from tests.many_pages import add_many
from tests.partnerships.partnership_site import (
    PartnershipSite,
    add_partnership,
    partnership_site,
    version,
)
from tests.remembered import remembered_fixture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "site_tree")]
SECRET = "Zgrunțuros"


@remembered_fixture
def site(site_tree: Any) -> PartnershipSite:
    found = partnership_site()
    sync_roles()
    return found


def a_page(site: PartnershipSite, title: str, **values: Any) -> Any:
    page = StandardPageFactory(parent=site.home, title=title, summary=f"Despre {title}", **values)
    page.save_revision().publish()
    return page


def half_translated(page: Any, code: str) -> None:
    """Only the first text of it."""
    source, _ = TranslationSource.update_or_create_from_instance(page)
    locale = Locale.objects.get(language_code=code)
    translation, _ = Translation.objects.get_or_create(source=source, target_locale=locale)
    po = translation.export_po()
    next(entry for entry in po if entry.msgid).msgstr = "done"
    translation.import_po(po)
    translation.save_target(publish=False)
    translation.get_target_instance().get_latest_revision().publish()


@remembered_fixture
def pages(site: PartnershipSite, clock: Any) -> dict[str, Any]:
    """One Romanian page for each way in which its English version can be, called after it."""
    made = {
        name: a_page(site, name)
        for name in (
            "missing",
            "draft",
            "untranslated",
            "partial",
            "stale",
            "stale part",
            "done",
            "by hand",
        )
    }
    english = Locale.objects.get(language_code="en")
    draft = version(made["draft"], "en", slug="draft-en")
    Page.objects.get(pk=draft.pk).unpublish()
    made["untranslated"].copy_for_translation(english, alias=True)
    half_translated(made["partial"], "en")
    half_translated(made["stale part"], "en")
    for name in ("stale", "done"):
        translate(made[name], "en", f"{name} in English", f"{name}-en")
    version(made["by hand"], "en", slug="by-hand-en")
    clock.shift(timedelta(hours=1))
    for name in ("stale", "stale part"):
        made[name].summary = "Altceva."
        made[name].save_revision().publish()
    return made


EXPECTED = {
    "missing": Gap.MISSING,
    "draft": Gap.MISSING,
    "untranslated": Gap.UNTRANSLATED,
    "partial": Gap.PARTIAL,
    "stale": Gap.STALE,
    "stale part": Gap.STALE,
    "done": "",
    "by hand": "",
}


def gaps(code: str = "en") -> dict[str, str]:
    found = with_gaps(source_pages(Page.objects.all()))
    return {page.title: getattr(page, gap_field(code)) for page in found}


def test_every_way_is_known(pages: dict[str, Any]) -> None:
    found = gaps()
    assert {name: found[name] for name in EXPECTED} == EXPECTED
    assert {gaps("hu")[name] for name in EXPECTED} == {Gap.MISSING}


def test_all_at_once_say_what_each_page_says_of_itself(pages: dict[str, Any]) -> None:
    """The pin between `translation_gaps` and `translation_status`."""
    for code in TARGETS:
        for title, gap in gaps(code).items():
            source = Page.objects.get(title=title, locale__language_code="ro", depth__gt=1)
            target = Page.objects.filter(
                translation_key=source.translation_key, locale__language_code=code, live=True
            ).first()
            if target is None:
                assert gap == Gap.MISSING, title
                continue
            notice = getattr(target.specific, "translation_notice", None)
            assert gap == (notice.kind.value if notice else ""), title


# -- the report --------------------------------------------------------------------------------------------------------


def client_of(role: str = "") -> Client:
    client = Client()
    client.force_login(make_user(role or "admin", *([role] if role else []), superuser=not role))
    return client


def rows(client: Client, query: str = "") -> set[str]:
    response = client.get(f"{reverse('translation_gaps')}{query}")
    assert response.status_code == 200
    return {page.draft_title for page in response.context["object_list"]}


def test_report_is_filtered_by_language_and_state_together(pages: dict[str, Any]) -> None:
    client = client_of()
    names = set(EXPECTED)
    assert rows(client) >= names
    assert rows(client, "?language=en") & names == names - {"done", "by hand"}
    assert rows(client, "?language=en&state=missing") & names == {"missing", "draft"}
    assert rows(client, "?state=stale&state=partial") == {"stale", "stale part", "partial"}
    assert rows(client, "?language=hu&state=stale") == set()
    other = Page.objects.get(title="Evenimente", locale__language_code="ro").content_type_id
    assert not rows(client, f"?content_type={other}") & names
    # What is no choice is no error, and complete pages are no rows.
    assert rows(client, "?language=xx&state=yy&content_type=z") >= names


def test_report_and_files_show_each_his_own(site: PartnershipSite) -> None:
    a_page(site, f"{SECRET} pagină")
    add_partnership(site, "Acord")
    editor = client_of("Partnership editor")
    assert rows(editor) == {"Acord"}
    for kind in ("csv", "xlsx"):
        response = editor.get(f"{reverse('translation_gaps')}?export={kind}")
        assert response.status_code == 200
        body = b"".join(cast("Any", response).streaming_content)
        assert body
        assert SECRET.encode() not in body
    assert f"{SECRET} pagină" in rows(client_of("Marketing"))


@pytest.mark.parametrize("role", ["Registry clerk", "Auditor", "Mayor's Cabinet"])
def test_report_is_closed_to_who_edits_no_pages(site: PartnershipSite, role: str) -> None:
    client = client_of(role)
    for name in ("translation_gaps", "translation_gaps_results"):
        assert client.get(reverse(name)).status_code in {302, 403}


def test_a_file_says_states_in_words(pages: dict[str, Any]) -> None:
    response = client_of().get(f"{reverse('translation_gaps')}?export=csv&state=partial")
    text = b"".join(cast("Any", response).streaming_content).decode()
    assert str(Gap.PARTIAL.words) in text
    assert ",partial," not in text


# -- the home ----------------------------------------------------------------------------------------------------------


def request_of(user: Any) -> HttpRequest:
    request = RequestFactory().get("/admin/")
    request.user = type(user).objects.get(pk=user.pk)
    return request


def test_home_lists_translations_that_are_behind(pages: dict[str, Any], site: Any) -> None:
    found = translations_behind(request_of(make_user("matei", "Moderator")))
    assert found is not None
    assert [item.title for item in found.items] == ["stale", "stale part"]
    target = Page.objects.get(
        translation_key=pages["stale"].translation_key, locale__language_code="en"
    )
    assert found.items[0].url == reverse("wagtailadmin_pages:edit", args=[target.pk])
    for role in ("Partnership editor", "Registry clerk", "Auditor"):
        assert translations_behind(request_of(make_user(role, role))) is None


def test_report_and_home_cost_the_same_with_many_pages(pages: dict[str, Any], site: Any) -> None:
    user = make_user("matei", "Moderator")
    client = Client()
    client.force_login(user)
    published = datetime(2026, 11, 1, tzinfo=timezone.get_default_timezone())

    def counted() -> list[int]:
        found = []
        for action in (
            lambda: client.get(reverse("translation_gaps")),
            lambda: client.get(f"{reverse('translation_gaps')}?export=csv"),
            lambda: translations_behind(request_of(user)),
        ):
            with CaptureQueriesContext(connection) as captured:
                action()
            found.append(len(captured))
        return found

    counted()
    few = counted()
    add_many(site.home, 300, published)
    assert counted() == few
    assert few[-1] <= 3


def test_complete_pages_are_left_out(pages: dict[str, Any]) -> None:
    found = with_any_gap(with_gaps(source_pages(Page.objects.all())), (), ("en",))
    assert not {"done", "by hand"} & {page.title for page in found}
