from __future__ import annotations

import pytest

from tests.features.given import ANA, FACILITATOR, NINA, Given
from workshop.feature import Refused
from workshop.features.stage.rules import Plenary, plenary, stage
from workshop.people import SYSTEM


@pytest.fixture
def given() -> Given:
    return Given(stage)


@pytest.fixture
def live(given) -> Given:
    return given.done(FACILITATOR, "go_live", source="demo")


def test_before_anything_the_stage_waits(given):
    assert plenary(given.records) == Plenary(id="plenary")
    assert plenary(given.records).phase == "waiting"


def test_going_live_names_the_broadcast_and_the_moment(live):
    assert plenary(live.records) == Plenary(id="plenary", phase="live", source="demo", began_at=1.0)


def test_nobody_goes_live_twice(live):
    with pytest.raises(Refused, match="already-live"):
        live.when(FACILITATOR, "go_live", source="demo")


def test_what_has_ended_may_begin_again(live):
    live.done(FACILITATOR, "end").done(FACILITATOR, "go_live", source="other")

    assert plenary(live.records) == Plenary(
        id="plenary", phase="live", source="other", began_at=3.0
    )


def test_only_what_is_live_can_end(given):
    with pytest.raises(Refused, match="not-live"):
        given.when(FACILITATOR, "end")


def test_the_encoder_says_that_the_picture_went_and_came_back(live):
    live.done(SYSTEM, "signal", source="demo", on=False)
    assert (plenary(live.records).phase, plenary(live.records).signal) == ("live", False)

    live.done(SYSTEM, "signal", source="demo", on=True)
    assert plenary(live.records).signal


@pytest.mark.parametrize(("source", "on"), [("demo", True), ("other", False)])
def test_a_signal_that_says_nothing_new_is_refused(live, source, on):
    with pytest.raises(Refused, match="nothing-new"):
        live.when(SYSTEM, "signal", source=source, on=on)


@pytest.mark.parametrize("who", [ANA, NINA])
@pytest.mark.parametrize(
    ("command", "fields"),
    [("go_live", {"source": "demo"}), ("end", {}), ("signal", {"source": "demo", "on": False})],
)
def test_the_stage_is_not_everyones(live, who, command, fields):
    with pytest.raises(Refused, match="not-allowed"):
        live.when(who, command, **fields)


@pytest.mark.parametrize("source", ["", "../etc", "Demo", "http://x", "a/b", "-a", "x" * 65, "a b"])
def test_a_source_is_a_plain_name(given, source):
    with pytest.raises(Refused, match="malformed"):
        given.when(FACILITATOR, "go_live", source=source)
