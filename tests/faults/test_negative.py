"""Builds so broken that the harness must notice: a test that cannot fail proves nothing."""

from __future__ import annotations

import asyncio

import pytest

from tests.faults.company import company
from tests.faults.doors import doors
from tests.realtime.servers import redis

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("plant", "notices"),
    [
        ("answers_before_it_stores", "lost"),
        ("does_it_again", "twice"),
    ],
)
async def test_a_broken_build_is_noticed_when_it_is_killed(django_db_setup, plant, notices):
    with doors(1, plant) as (door,):
        async with company([door], talkers=8) as there:
            there.patience = 5.0
            for _ in range(2):
                await there.until_done(5)
                door.kill()
                await asyncio.to_thread(door.start)
            findings = await there.findings()

    assert notices in {each.partition(":")[0] for each in findings}


async def test_a_build_that_does_not_catch_up_is_noticed(django_db_setup, tmp_path):
    plants = "cut_off never_catches_up"
    with redis() as url, doors(2, plants, REDIS_URL=url, CUT=str(tmp_path)) as opened:
        async with company(opened[:1], writers=0, watch=opened[1:]) as there:
            there.patience = 3.0
            await there.until_done(5)
            cut = [tmp_path / str(door.port) for door in opened]
            cut[1].touch()
            await there.until_done(5)
            cut[1].unlink()
            await there.until_done(5)
            findings = await there.findings()

    assert {"stuck", "differs", "gap"} & {each.partition(":")[0] for each in findings}
