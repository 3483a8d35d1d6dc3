"""A client that floods, on every socket it may have: the limits hold for the person, however often
they come back, and the others are not harmed."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from tests.faults.company import company
from tests.faults.doors import doors
from tests.faults.people import Participant, Person, Wish
from tests.faults.sizes import p99, record, size
from workshop.settings import LIMITS

pytestmark = pytest.mark.django_db(transaction=True)
SECONDS = size(2, 30)
SERVED = 1.0  # seconds that others wait, at most


class Polite(Participant):
    """Says something every second and a half, as people do."""

    at_once = 1
    spoken = 0.0

    def wish(self) -> Wish | None:
        return None

    async def speak(self) -> None:
        while True:
            await self.demand("chat.post", text=f"{self.name} {time.monotonic()}")
            await asyncio.sleep(1.5)


class Flooder(Person):
    """Never waits for an answer."""

    sent = 0

    async def arrived(self) -> None:
        self._flooding = asyncio.create_task(self._flood())

    async def _flood(self) -> None:
        socket: Any = self.socket
        while self.socket is socket and not self.quiet:
            self.sent += 1
            await asyncio.sleep(0)  # the others are in this process too
            ref = f"00000000-0000-4000-8000-{self.sent:012x}"
            fields = {"text": f"flood {self.sent}"}
            try:
                await self.say(type="do", do="chat.post", ref=ref, **{"with": fields})
            except Exception:  # noqa: BLE001 - shown out, as is right
                return


async def test_who_floods_is_held_up_and_the_others_are_not(django_db_setup):
    with doors(1, DJANGO_SETTINGS_MODULE="workshop.settings") as (door,):
        async with company([door], talkers=0, writers=0) as there:
            there.host.quiet = True
            polite = [await there.joined(Polite, f"P{n}", "participant") for n in range(5)]
            speaking = [asyncio.create_task(each.speak()) for each in polite]
            seat = await there.seat("Flo")
            flood = [await there.joined(Flooder, f"F{n}", seat=seat) for n in range(4)]
            begun = time.monotonic()
            await asyncio.sleep(SECONDS)
            for each in (*flood, *polite):
                each.quiet = True
            for task in speaking:
                task.cancel()
            findings = await there.findings()
            seconds = time.monotonic() - begun

    said = len({ref for each in flood for ref in each.answered})
    sent = sum(each.sent for each in flood)
    waited = p99([each for person in polite for each in person.took])
    record("flood", seconds=SECONDS, sent=sent, accepted=said, others_p99=round(waited, 3),
           others_held_up=sum(each.put_off["too-fast"] for each in polite))  # fmt: skip
    rate, burst = LIMITS["chat.post"]
    assert findings == []
    assert sent > 10 * said > 0
    assert said <= burst + rate * seconds + 1
    assert sum(each.put_off["too-fast"] for each in polite) == 0
    assert 0 < waited < SERVED
