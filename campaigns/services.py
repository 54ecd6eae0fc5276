"""What officers do with a campaign's life: move it on by the table of `campaigns.stages`.

Checks the rights of its user, writes in one transaction and leaves an entry in the history. Nobody publishes by it who
may not: their move is a change of the draft, which waits for whoever may.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from campaigns.enums import Stage
from campaigns.models import CampaignPage
from campaigns.stages import Move, move_to

LOG_ACTION = "campaigns.move"


class MoveRefused(Exception):
    """A move that this campaign can not make now. `message` says why and what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True, slots=True)
class Moved:
    """What a move did. `published`: readers have it now; `waits`: there is a draft that is not published."""

    page: CampaignPage
    published: bool
    waits: bool


def newest(page: CampaignPage) -> CampaignPage:
    """The campaign as its editors see it: the newest draft, or what is published. A copy in memory."""
    current: CampaignPage = CampaignPage.objects.select_related("locale").get(pk=page.pk)
    found: CampaignPage = current.get_latest_revision_as_object()
    return found


def may_move(page: CampaignPage, user: Any) -> bool:
    """Whether `user` may move this campaign on, if only in its draft."""
    return bool(page.is_source and page.permissions_for_user(user).can_edit())


def _require(page: CampaignPage, target: Stage) -> Move:
    """The move of `page`; raises MoveRefused where the table has none, or an evaluation is missing."""
    move = move_to(page.stage, target)
    if move is None:
        raise MoveRefused(
            "no_step",
            _("From “%(source)s” no step leads to “%(target)s”.")
            % {"source": page.get_stage_display(), "target": target.label},
        )
    if move.needs_evaluation and not page.evaluation.strip():
        raise MoveRefused(
            "evaluation",
            _(
                "Write the evaluation first (tab “Channels and evaluation”): what the campaign brought, against "
                "its goals. It is asked for before the archive."
            ),
        )
    return move


@transaction.atomic
def move(page: CampaignPage, target: Stage, user: Any) -> Moved:
    """Move the campaign to `target`.

    What is published is published anew as it was, in its new stage, by those who may publish; a draft that waits stays
    one, in its new stage too. Others change the draft. Raises PermissionDenied, or MoveRefused.
    """
    current: CampaignPage = CampaignPage.objects.select_related("locale").get(pk=page.pk)
    if not current.is_source:
        raise MoveRefused("translation", _("A campaign is moved on from its Romanian page."))
    rights = current.permissions_for_user(user)
    if not rights.can_edit():
        raise PermissionDenied
    # What waits for moderation is nobody's to publish past, not even those' whom it waits for.
    if current.workflow_in_progress or rights.page_locked():
        raise MoveRefused(
            "locked",
            _(
                "The campaign is locked, waits for moderation or for a set time to be published: when that is "
                "done, move it on."
            ),
        )
    draft = newest(current)
    source = Stage(draft.stage)
    _require(draft, target)
    waits = bool(current.has_unpublished_changes or not current.live)
    publishes = bool(current.live and rights.can_publish())
    revision = None
    if publishes:
        if waits and move_to(current.stage, target) is None:
            raise MoveRefused(
                "draft",
                _("A draft with another stage waits: publish it first, then move the campaign on."),
            )
        revision = _publish(current, target, user)
    if waits or not publishes:
        draft.stage = target
        revision = draft.save_revision(user=user, clean=False)
    log(
        instance=current,
        action=LOG_ACTION,
        user=user,
        revision=revision,
        content_changed=True,
        data={"from": source.value, "to": target.value, "published": publishes},
    )
    return Moved(current, publishes, waits or not publishes)


def _publish(current: CampaignPage, target: Stage, user: Any) -> Any:
    _require(current, target)
    current.stage = target
    try:
        revision = current.save_revision(user=user)
        revision.publish(user=user, log_action=False, skip_permission_checks=True)
    except ValidationError as error:
        raise MoveRefused("invalid", " ".join(error.messages)) from error
    return revision
