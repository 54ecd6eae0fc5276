"""Two savings in the same moment: the second is told by its form, never by an error of the server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from wagtail.models import Page

from cms.models import StandardPage
from home.models import HomePage
from tests.admin_forms import AdminForm
from tests.factories import HomePageFactory, StandardPageFactory, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def form(site_tree: Any) -> AdminForm:
    client = Client()
    client.force_login(make_user("administrator", superuser=True))
    parent = HomePageFactory(parent=site_tree.root, slug="acasa")
    StandardPageFactory(parent=parent, slug="gazduire", title="Găzduire")
    return AdminForm(
        client, reverse("wagtailadmin_pages:add", args=["cms", "standardpage", parent.pk])
    )


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Makes the form's own look at the addresses one that came before the other page was there."""

    def begin() -> None:
        looks = iter([True])
        real = Page._slug_is_available

        def look(*args: Any, **kwargs: Any) -> bool:
            return next(looks, False) or bool(real(*args, **kwargs))

        monkeypatch.setattr(Page, "_slug_is_available", staticmethod(look))

    return begin


def test_address_taken_meanwhile_is_told_by_the_form(
    form: AdminForm, late: Callable[[], None]
) -> None:
    late()
    response = form.send(**{"title": "Găzduire în oraș", "slug": "gazduire", "body-count": "0"})
    assert response.status_code == 200
    assert response.context["form"].errors.keys() == {"slug"}
    assert "Găzduire în oraș" in response.content.decode()
    assert StandardPage.objects.filter(slug="gazduire").count() == 1


def test_autosave_is_told_too(form: AdminForm, late: Callable[[], None]) -> None:
    late()
    response = form.client.post(
        form.address,
        {**form.data, "title": "Găzduire în oraș", "slug": "gazduire", "body-count": "0"},
        headers={"accept": "application/json"},
    )
    assert response.status_code == 400
    assert response.json()["error_code"] == "validation_error"


def test_other_errors_stand(form: AdminForm, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise ValidationError({"title": "not this one"})

    monkeypatch.setattr(HomePage, "add_child", refuse)
    with pytest.raises(ValidationError):
        form.send(**{"title": "Altă pagină", "slug": "alta-pagina", "body-count": "0"})
