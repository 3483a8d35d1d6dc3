"""What every bus promises, whatever it is made of: little, and that in time."""

from __future__ import annotations

import asyncio

import pytest
from channels.layers import InMemoryChannelLayer
from channels_redis.pubsub import RedisPubSubChannelLayer

from realtime.bus import ChannelsBus, MemoryBus
from tests.realtime.servers import redis


@pytest.fixture(scope="module")
def redis_url():
    with redis() as url:
        yield url


@pytest.fixture(params=["memory", "in-process layer", "redis"])
async def buses(request):
    """Two processes' ends of one bus."""
    if request.param == "memory":
        wire = []
        yield MemoryBus(wire), MemoryBus(wire)
    elif request.param == "in-process layer":
        layer = InMemoryChannelLayer()
        yield ChannelsBus(layer), ChannelsBus(layer)
    else:
        url = request.getfixturevalue("redis_url")
        layers = [RedisPubSubChannelLayer(hosts=[url]) for _ in range(2)]
        yield tuple(ChannelsBus(layer) for layer in layers)
        for layer in layers:
            await layer.flush()


async def heard(bus) -> dict:
    async with asyncio.timeout(5):
        return await bus.receive()


async def test_a_message_reaches_every_process_that_has_the_room_open(buses):
    here, there = buses
    await here.subscribe("r")
    await there.subscribe("r")

    await here.publish({"room": "r", "entry": {"seq": 1, "at": 1.5}})

    assert await heard(there) == {"room": "r", "entry": {"seq": 1, "at": 1.5}}


async def test_nobody_hears_of_rooms_they_have_not_open(buses):
    here, there = buses
    await here.subscribe("r")
    await there.subscribe("s")

    await here.publish({"room": "r", "entry": 1})
    await here.publish({"room": "s", "entry": 2})

    assert await heard(there) == {"room": "s", "entry": 2}


async def test_a_room_that_was_closed_is_heard_no_more(buses):
    here, there = buses
    for room in ("r", "s"):
        await there.subscribe(room)
    await there.unsubscribe("r")

    await here.publish({"room": "r", "entry": 1})
    await here.publish({"room": "s", "entry": 2})

    assert await heard(there) == {"room": "s", "entry": 2}


async def test_listening_may_begin_before_the_first_room_is_open(buses):
    here, there = buses
    hearing = asyncio.create_task(heard(there))
    await there.subscribe("r")

    await here.publish({"room": "r", "entry": 1})

    assert await hearing == {"room": "r", "entry": 1}


async def test_bytes_pass(buses):
    here, there = buses
    await there.subscribe("r")

    await here.publish({"room": "r", "awareness": {"message": b"\x01\xff\x00"}})

    assert (await heard(there))["awareness"]["message"] == b"\x01\xff\x00"
