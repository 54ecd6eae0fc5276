"""Mail on the way to publishing: to whom, how often, in which language; and that it never breaks anything."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils.translation import get_language
from wagtail.models import (
    Comment,
    CommentReply,
    GroupApprovalTask,
    Page,
    PageLogEntry,
    PageSubscription,
    TaskState,
    WorkflowState,
)
from wagtail.users.models import UserProfile

from cms import comment_mail, preflight, publishing, workflow_mail
from cms.models import MailState, OutboxMail, StandardPage
from cms.outbox import rewrite, withdraw
from cms.publishing import PublishingRefused
from home.roles import sync_roles
from tests.admin_forms import AdminForm
from tests.factories import StandardPageFactory, make_home, make_user
from tests.remembered import remembered_fixture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_tree", "clock")]


def person(name: str, *groups: str, language: str = "", **values: Any) -> Any:
    user = make_user(name, *groups, superuser=values.pop("superuser", False))
    user.email = values.pop("email", f"{name}@example.org")
    for key, value in values.items():
        setattr(user, key, value)
    user.save()
    profile = UserProfile.get_for_user(user)
    profile.preferred_language = language
    profile.save()
    return user


@remembered_fixture
def page() -> Any:
    home = make_home()
    sync_roles()
    made = StandardPageFactory(
        parent=home, title="Despre noi", slug="despre", summary="Sunați la 0264596030."
    )
    made.save_revision().publish()
    return StandardPage.objects.get(pk=made.pk)


@pytest.fixture
def author(page: Any) -> Any:
    return person("autoare", "Marketing", first_name="Ana", last_name="Exemplu")


def submit(page: Any, user: Any) -> TaskState:
    found = Page.objects.get(pk=page.pk)
    found.get_workflow().start(found, user)
    return current(page)


def current(page: Any) -> TaskState:
    state: TaskState = Page.objects.get(pk=page.pk).current_workflow_task_state
    return state


def resume(page: Any, user: Any) -> None:
    WorkflowState.objects.get(object_id=str(page.pk), status="needs_changes").resume(user)


def act(page: Any, user: Any, action: str, comment: str = "") -> None:
    state = current(page)
    state.task.specific.on_action(state, user, action, comment=comment)


def written(purpose: str = "workflow.") -> list[OutboxMail]:
    return list(OutboxMail.objects.filter(purpose__startswith=purpose).order_by("pk"))


def to(purpose: str = "workflow.") -> list[str]:
    return sorted(item.to.partition("@")[0] for item in written(purpose))


# -- to whom -----------------------------------------------------------------------------------------------------------


def test_who_gets_none(page: Any, author: Any) -> None:
    person("plecat", "Moderator", is_active=False)
    person("fara-adresa", "Moderator", email="")
    person("stricata", "Moderator", email="nu e adresă\nBcc: x@example.org")
    person("admin", superuser=True)
    person("partenere", "Partnership editor")
    silent = person("nu-vrea", "Moderator")
    UserProfile.objects.filter(user=silent).update(submitted_notifications=False)
    person("moderatoare", "Moderator")
    submit(page, author)
    assert to() == ["moderatoare"]
    # Wagtail itself sends none.
    assert mail.outbox == []


def test_nobody_is_written_to_about_what_they_did(page: Any) -> None:
    moderator = person("moderatoare", "Moderator")
    submit(page, moderator)
    act(page, moderator, "approve")
    assert written() == []


def test_one_mail_for_a_person_in_several_groups(page: Any, author: Any) -> None:
    task = GroupApprovalTask.objects.get()
    marketing = author.groups.get()
    task.groups.add(marketing)
    person("moderatoare", "Moderator", "Marketing")
    submit(page, author)
    assert to() == ["moderatoare"]


def test_a_superuser_who_approves_is_told_as_others_are(page: Any, author: Any) -> None:
    boss = person("admin", superuser=True)
    boss.groups.add(*GroupApprovalTask.objects.get().groups.all())
    submit(page, author)
    assert to() == ["admin"]


# -- what it says ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ro", "en", "hu", ""])
def test_the_moderator_reads_who_what_and_what_was_found(
    page: Any, author: Any, language: str
) -> None:
    person("moderatoare", "Moderator", language=language)
    submit(page, author)
    (found,) = written()
    assert found.language == (language or "ro")
    assert "Despre noi" in found.subject
    assert "Ana Exemplu" in found.body
    assert "0264 596 030" in found.body
    assert found.body.count("http") == 1
    assert reverse("page_preflight", args=[page.pk]) in found.body
    if language == "en":
        assert found.subject == "To approve: Despre noi"
        assert "\n- Summary: Write the telephone number" in found.body
        assert "Look at it:\n- " in found.body
        assert "\n\n\n" not in found.body


def test_hostile_titles_stay_one_line_and_unescaped(page: Any, author: Any) -> None:
    person("moderatoare", "Moderator")
    page.title = "Tom & Jerry <b>\u2028Bcc: x@example.org" + "ă" * 150
    page.save_revision()
    submit(page, author)
    (found,) = written()
    assert "Tom & Jerry <b> Bcc:" in found.subject


def test_the_author_reads_the_answer_with_its_comment(page: Any, author: Any) -> None:
    moderator = person("moderatoare", "Moderator", first_name="Mia", last_name="Probă")
    submit(page, author)
    OutboxMail.objects.all().delete()
    act(page, moderator, "reject", "Lipsește o poză.")
    (found,) = written()
    assert found.to == author.email
    assert "Mia Probă" in found.body
    assert "Lipsește o poză." in found.body
    assert reverse("wagtailadmin_pages:edit", args=[page.pk]) in found.body
    OutboxMail.objects.all().delete()
    resume(page, author)
    OutboxMail.objects.all().delete()
    act(page, moderator, "approve", "Bine.")
    (found,) = written()
    assert found.to == author.email
    assert "Bine." in found.body
    assert "/ro/despre/" in found.body


# -- how often ---------------------------------------------------------------------------------------------------------


def test_submitting_again_within_minutes_is_told_once(page: Any, author: Any, clock: Any) -> None:
    person("moderatoare", "Moderator")
    for _time in range(3):
        submit(page, author).workflow_state.cancel(user=author)
        clock.shift(timedelta(minutes=2))
    assert len(written()) == 1
    clock.shift(timedelta(minutes=20))
    submit(page, author)
    assert len(written()) == 2


def test_after_an_answer_it_is_told_again(page: Any, author: Any, clock: Any) -> None:
    moderator = person("moderatoare", "Moderator")
    submit(page, author)
    clock.shift(timedelta(minutes=1))
    act(page, moderator, "reject", "Nu încă.")
    clock.shift(timedelta(minutes=1))
    resume(page, author)
    assert to() == ["autoare", "moderatoare", "moderatoare"]


def test_queries_do_not_grow_with_the_group(
    page: Any, author: Any, django_assert_max_num_queries: Any
) -> None:
    for number in range(6):
        person(f"moderatoare{number}", "Moderator")
    with django_assert_max_num_queries(160):
        submit(page, author)
    assert len(written()) == 6


def test_a_draft_is_looked_through_once_for_a_language(
    page: Any, author: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, language in enumerate(("ro", "hu", "", "hu")):
        person(f"moderatoare{number}", "Moderator", language=language)
    looked: list[str | None] = []

    def examine(draft: Any) -> Any:
        looked.append(get_language())
        return preflight.examine(draft)

    monkeypatch.setattr(workflow_mail, "examine", examine)
    submit(page, author)
    assert sorted(str(language) for language in looked) == ["hu", "ro"]
    subjects = {item.language: item.subject for item in written()}
    assert len(written()) == 4
    assert subjects["hu"] != subjects["ro"]


# -- nothing breaks ----------------------------------------------------------------------------------------------------


def test_a_mail_that_fails_breaks_neither_submitting_nor_publishing(
    page: Any, author: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**kwargs: Any) -> None:
        OutboxMail.objects.create(**{"nu există": 1})

    moderator = person("moderatoare", "Moderator")
    monkeypatch.setattr(workflow_mail, "enqueue", fail)
    page.title = "Alt titlu"
    page.save_revision()
    submit(page, author)
    act(page, moderator, "approve")
    assert Page.objects.get(pk=page.pk).title == "Alt titlu"
    assert written() == []


def test_a_refused_approval_writes_nothing(
    page: Any, author: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(found: Any) -> Any:
        yield preflight.Finding(preflight.Level.BLOCK, "test", "Oprit")

    monkeypatch.setattr(preflight, "_RULES", [(StandardPage, refuse)])
    moderator = person("moderatoare", "Moderator")
    submit(page, author)
    with pytest.raises(PublishingRefused):
        act(page, moderator, "approve")
    assert to() == ["moderatoare"]


# -- comments ----------------------------------------------------------------------------------------------------------


def comment(client: Client, page: Any, text: str, **values: str) -> Any:
    """Write a comment as Wagtail's editor sends it while it saves by itself; with `values` of the form."""
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    management = {
        "TOTAL_FORMS": "1",
        "INITIAL_FORMS": "0",
        "MIN_NUM_FORMS": "0",
        "MAX_NUM_FORMS": "",
    }
    replies = {**management, "TOTAL_FORMS": "0"}
    row = {"id": "", "DELETE": "", "resolved": "", "contentpath": "title", "text": text}
    data = {
        **AdminForm(client, edit).data,
        "body-count": "0",
        **{f"comments-{name}": value for name, value in management.items()},
        **{f"comments-0-{name}": value for name, value in row.items()},
        **{f"comments-0-replies-{name}": value for name, value in replies.items()},
        **values,
    }
    return client.post(edit, data)


@pytest.mark.parametrize("role", ["Marketing", "Moderator"])
def test_our_roles_comment_in_the_editor(page: Any, role: str) -> None:
    client = Client()
    client.force_login(person("cineva", role))
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert "comments-data" in client.get(edit).content.decode()
    assert comment(client, page, "Ce an?").status_code == 302
    assert Comment.objects.get(page=page.pk).text == "Ce an?"


def test_comments_are_collected_into_one_mail(page: Any, author: Any, clock: Any) -> None:
    PageSubscription.objects.create(page=page, user=author, comment_notifications=True)
    moderator = person("moderatoare", "Moderator", first_name="Mia", last_name="Probă")
    client = Client()
    client.force_login(moderator)
    for text in ("Ce an?", "Cine plătește?"):
        assert comment(client, page, text).status_code == 302
        clock.shift(timedelta(minutes=3))
    (found,) = written("page.comments")
    assert found.to == author.email
    assert found.not_before is not None
    assert found.body.index("Ce an?") < found.body.index("Cine plătește?")
    assert "Mia Probă" in found.body
    assert mail.outbox == []
    # After it was sent, the next ones are another mail, which does not repeat these.
    OutboxMail.objects.update(status=MailState.SENT, body="")
    clock.shift(timedelta(hours=1))
    comment(client, page, "Și o hartă?")
    later = written("page.comments")[1]
    assert "Și o hartă?" in later.body
    assert "Ce an?" not in later.body


def test_who_wrote_it_and_who_does_not_follow_are_not_told(page: Any, author: Any) -> None:
    moderator = person("moderatoare", "Moderator")
    person("altul", "Moderator")
    PageSubscription.objects.create(page=page, user=moderator, comment_notifications=True)
    client = Client()
    client.force_login(moderator)
    comment(client, page, "Notă pentru mine")
    assert written("page.comments") == []


def test_a_thread_is_told_to_those_in_it_and_no_more(page: Any, author: Any, clock: Any) -> None:
    other = person("altul", "Moderator")
    mine = Comment.objects.create(page=page, user=author, text="Întrebare", contentpath="title")
    Comment.objects.create(page=page, user=other, text="Altceva", contentpath="title")
    reply = CommentReply.objects.create(comment=mine, user=other, text="Răspuns")
    changes: dict[str, list[Any]] = {
        "new_comments": [],
        "deleted_comments": [],
        "resolved_comments": [],
        "new_replies": [(mine, [reply])],
        "deleted_replies": [],
    }
    comment_mail.tell_of(Page.objects.get(pk=page.pk), changes, other)
    (found,) = written("page.comments")
    assert found.to == author.email
    assert "Răspuns" in found.body
    assert "Altceva" not in found.body
    # Taken back before it was sent, nothing is told.
    reply.delete()
    changes["new_replies"] = []
    changes["deleted_comments"] = [mine]
    PageSubscription.objects.create(page=page, user=author, comment_notifications=True)
    Comment.objects.exclude(user=author).delete()
    comment_mail.tell_of(Page.objects.get(pk=page.pk), changes, other)
    assert written("page.comments") == []


def test_a_comment_that_comes_with_a_refused_publication_is_told(
    page: Any, author: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = preflight.Finding(preflight.Level.BLOCK, "test", "Motivul opririi")
    monkeypatch.setattr(publishing, "examine", lambda page, request=None: [found])
    PageSubscription.objects.create(page=page, user=author, comment_notifications=True)
    client = Client()
    client.force_login(person("moderatoare", "Moderator"))
    response = comment(client, page, "Ce an?", title="Oprit", **{"action-publish": "1"})
    assert response.status_code == 302
    assert Page.objects.get(pk=page.pk).title == "Despre noi"
    (told,) = written("page.comments")
    assert "Ce an?" in told.body
    entry = PageLogEntry.objects.get(page=page, action="wagtail.comments.create")
    assert entry.revision == Page.objects.get(pk=page.pk).latest_revision


def test_who_may_no_longer_edit_the_page_reads_no_comments(page: Any, author: Any) -> None:
    former = person("fost", "Marketing")
    boss = person("admin", superuser=True)
    for user in (former, boss, author):
        PageSubscription.objects.create(page=page, user=user, comment_notifications=True)
    former.groups.clear()
    client = Client()
    client.force_login(person("moderatoare", "Moderator"))
    comment(client, page, "Ce an?")
    assert to("page.comments") == ["admin", "autoare"]


@pytest.mark.parametrize("kind", ["deleted_comments", "deleted_replies"])
def test_what_is_deleted_is_told_to_nobody_in_the_thread(
    page: Any, author: Any, clock: Any, kind: str
) -> None:
    other, third = person("altul", "Moderator"), person("a-treia", "Moderator")
    thread = Comment.objects.create(page=page, user=author, text="Întrebare", contentpath="title")
    CommentReply.objects.create(comment=thread, user=third, text="Păstrat")
    clock.shift(timedelta(hours=1))
    reply = CommentReply.objects.create(comment=thread, user=other, text="Scăpat")
    changes: dict[str, list[Any]] = {
        name: []
        for name in ("new_comments", "deleted_comments", "resolved_comments", "deleted_replies")
    }
    changed = Page.objects.get(pk=page.pk)
    comment_mail.tell_of(changed, {**changes, "new_replies": [(thread, [reply])]}, other)
    assert to("page.comments") == ["a-treia", "autoare"]
    clock.shift(timedelta(minutes=5))
    if kind == "deleted_comments":
        thread.delete()
        gone: list[Any] = [thread]
    else:
        reply.delete()
        gone = [(thread, [reply])]
    # Also for one who deletes it herself, and one who may not be written to by now.
    author.is_active = False
    author.save()
    comment_mail.tell_of(changed, {**changes, "new_replies": [], kind: gone}, third)
    assert not any("Scăpat" in item.body for item in written("page.comments"))
    assert to("page.comments") == []


def test_comments_that_cannot_be_told_are_saved(
    page: Any, author: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("nu merge")

    monkeypatch.setattr(comment_mail, "enqueue", fail)
    PageSubscription.objects.create(page=page, user=author, comment_notifications=True)
    client = Client()
    client.force_login(person("moderatoare", "Moderator"))
    assert comment(client, page, "Ce an?").status_code == 302
    assert Comment.objects.exists()


def test_a_mail_whose_day_has_come_is_not_changed(page: Any, author: Any, clock: Any) -> None:
    PageSubscription.objects.create(page=page, user=author, comment_notifications=True)
    client = Client()
    client.force_login(person("moderatoare", "Moderator"))
    comment(client, page, "Ce an?")
    (found,) = written("page.comments")
    assert found.not_before is not None
    assert rewrite(found, body="Altfel", now=found.created_at)
    assert not rewrite(found, body="Prea târziu", now=found.not_before)
    assert not withdraw(found, found.not_before)
    found.refresh_from_db()
    assert found.body == "Altfel"
    OutboxMail.objects.update(attempts=1)
    assert not rewrite(found, body="Pe drum", now=found.created_at)
