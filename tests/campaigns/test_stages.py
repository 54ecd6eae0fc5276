"""The life of a campaign: one table of moves; how it reads on a day, in Python and in SQL alike."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.enums import Stage
from campaigns.listing import over_on
from campaigns.models import CampaignPage
from campaigns.stages import MOVES, Phase, move_to, moves_from, phase_on
from tests.campaigns.campaign_site import STAGES, TODAY, CampaignSite
from tests.factories import CampaignPageFactory

YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
days = st.none() | st.dates(TODAY - timedelta(days=3), TODAY + timedelta(days=3))


def test_every_stage_leads_on_but_the_last() -> None:
    for stage in STAGES:
        assert moves_from(stage), stage
        onwards = [move for move in moves_from(stage) if not move.back]
        assert bool(onwards) == (stage != Stage.ARCHIVED)


def test_no_two_moves_from_a_stage_share_an_address_or_a_target() -> None:
    for stage in STAGES:
        names = [move.name for move in moves_from(stage)]
        targets = [move.target for move in moves_from(stage)]
        assert len(set(names)) == len(names)
        assert len(set(targets)) == len(targets)


def test_onwards_leads_onwards_and_only_the_archive_asks_for_an_evaluation() -> None:
    order = STAGES
    for move in MOVES:
        assert (order.index(move.target) < order.index(move.source)) == move.back
        assert move.needs_evaluation == (move.target == Stage.ARCHIVED)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        (Stage.BRIEF, Stage.CLOSED),
        (Stage.BRIEF, Stage.ARCHIVED),
        (Stage.TEASER, Stage.ARCHIVED),
        (Stage.LIVE, Stage.ARCHIVED),
        (Stage.ARCHIVED, Stage.LIVE),
        (Stage.LIVE, Stage.LIVE),
    ],
)
def test_stages_are_not_skipped(source: Stage, target: Stage) -> None:
    assert move_to(source, target) is None


@pytest.mark.parametrize(
    ("stage", "starts_on", "ends_on", "expected"),
    [
        (Stage.BRIEF, YESTERDAY, TOMORROW, Phase.HIDDEN),
        (Stage.BRIEF, None, YESTERDAY, Phase.HIDDEN),
        (Stage.TEASER, TOMORROW, None, Phase.COMING),
        (Stage.TEASER, YESTERDAY, TOMORROW, Phase.COMING),
        (Stage.TEASER, None, YESTERDAY, Phase.PAST),
        (Stage.LIVE, None, None, Phase.CURRENT),
        (Stage.LIVE, TODAY, TODAY, Phase.CURRENT),
        (Stage.LIVE, TOMORROW, None, Phase.COMING),
        (Stage.LIVE, None, YESTERDAY, Phase.PAST),
        (Stage.CLOSED, TODAY, TOMORROW, Phase.PAST),
        (Stage.ARCHIVED, None, None, Phase.PAST),
    ],
)
def test_how_it_reads_today(
    stage: Stage, starts_on: date | None, ends_on: date | None, expected: Phase
) -> None:
    assert phase_on(stage, starts_on, ends_on, TODAY) == expected


@given(st.sampled_from(STAGES), days, days)
def test_what_was_past_stays_past_as_days_go_by(
    stage: Stage, starts_on: date | None, ends_on: date | None
) -> None:
    phases = [phase_on(stage, starts_on, ends_on, TODAY + timedelta(days=n)) for n in range(8)]
    order = [Phase.HIDDEN, Phase.COMING, Phase.CURRENT, Phase.PAST]
    assert phases == sorted(phases, key=order.index)


@pytest.mark.django_db
def test_the_database_has_the_same_ones_for_past(site: CampaignSite) -> None:
    expected = set()
    for stage in STAGES:
        for ends_on in (None, YESTERDAY, TODAY, TOMORROW):
            page = CampaignPageFactory(
                parent=site.campaigns,
                stage=stage,
                starts_on=None,
                ends_on=ends_on,
                evaluation="A adus mult.",
            )
            if stage != Stage.BRIEF and phase_on(stage, None, ends_on, TODAY) == Phase.PAST:
                expected.add(page.pk)
    found = CampaignPage.public().filter(over_on(TODAY)).values_list("pk", flat=True)
    assert set(found) == expected
