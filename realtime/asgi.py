"""The one place where everything is put together."""

from __future__ import annotations

import os
import time
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

import django
from channels.layers import get_channel_layer
from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.utils.crypto import salted_hmac

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workshop.settings")
django.setup()

from realtime.body import Bounded  # noqa: E402 - models need Django to be set up
from realtime.bus import Bus, ChannelsBus, MemoryBus  # noqa: E402
from realtime.clerk import Duties  # noqa: E402
from realtime.documents.engine import ProcessEngine  # noqa: E402
from realtime.documents.store_django import DjangoDocumentStore  # noqa: E402
from realtime.hub import Hub, Parts, Standing  # noqa: E402
from realtime.log_django import DjangoLog  # noqa: E402
from realtime.metrics import MeasuredLog, Metrics  # noqa: E402
from realtime.room import Publish, Room, Seats  # noqa: E402
from realtime.routing import websocket_urlpatterns  # noqa: E402
from realtime.stamps import Stamps  # noqa: E402
from realtime.teller import Count  # noqa: E402
from realtime.threads import in_thread  # noqa: E402
from workshop import links, press, sessions  # noqa: E402
from workshop.features import FEATURES  # noqa: E402
from workshop.features.minutes.rules import due_notes, may_write, to_seal  # noqa: E402
from workshop.features.people.rules import everyone, person  # noqa: E402
from workshop.features.polls.rules import to_count  # noqa: E402
from workshop.minutes.settling import live_blocks  # noqa: E402
from workshop.votes.box import BallotBox  # noqa: E402

DUTIES = Duties(
    waiting=due_notes,
    written=lambda *note: in_thread(press.note_written, *note),
    place="minutes.place",
    to_seal=to_seal,
    live_blocks=live_blocks,
    settled=lambda *block: in_thread(press.block_settled, *block),
    sealed=lambda *text: in_thread(press.sealed, *text),
    seal="minutes.seal",
)

BOX = BallotBox(settings.SEAL_DIR)
COUNT = Count(
    waiting=to_count,
    opened=lambda room, poll: in_thread(BOX.counting, room, poll),
    destroy=lambda: in_thread(BOX.destroy_spent),
    is_well=lambda: in_thread(BOX.answers),
)

Scope = MutableMapping[str, Any]
App = Callable[..., Awaitable[None]]

SEATS = Seats(
    kind="people.seat", sit="people.sit", unseat="people.remove", person=person, people=everyone
)


def make_hub(bus: Bus, metrics: Metrics | None = None) -> Hub:
    metrics = metrics or Metrics()

    def make_log(epoch: str = "") -> MeasuredLog:
        return MeasuredLog(DjangoLog(sessions.project, epoch, BOX.keep), metrics)

    def make_room(id: str, epoch: str, publish: Publish) -> Room:
        return Room(
            id,
            epoch,
            features=FEATURES,
            seats=SEATS,
            log=make_log(epoch),
            publish=publish,
            clock=time.time,
            most=settings.LIMITS["most"],
            links=links.follow,
        )

    parts = Parts(
        make_room=make_room,
        log=make_log(),
        documents=DjangoDocumentStore(),
        may_write=may_write,
        clock=time.monotonic,
        standing=standing,
        limits=settings.LIMITS,
        duties=DUTIES,
        count=COUNT,
        stamps=Stamps(salted_hmac("assises.stamp", "").digest()),
        make_engine=ProcessEngine,
    )
    hub = Hub(bus, parts)
    metrics.watch(hub)
    return hub


async def standing(rooms: Iterable[str]) -> dict[str, Standing]:
    """What the pages have decided about these rooms, for those that there are."""
    found = await in_thread(sessions.standing, list(rooms))
    return {slug: Standing(*each) for slug, each in found.items()}


def make_application(hub: Hub, metrics: Metrics | None = None) -> App:
    """The pages and the sockets, both with the hub as their door."""
    router = ProtocolTypeRouter(
        {
            "http": Bounded(get_asgi_application(), settings.LIMITS["body"]),
            "websocket": URLRouter(websocket_urlpatterns),
            "lifespan": lifespan(hub),
        }
    )

    async def application(scope: Scope, receive: Any, send: Any) -> None:
        await router({**scope, "door": hub, "metrics": metrics}, receive, send)

    return application


def lifespan(hub: Hub) -> App:
    async def handle(scope: Scope, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await hub.close()
        await send({"type": "lifespan.shutdown.complete"})

    return handle


# Without Redis there is one process, which has nobody to tell: Channels' in-memory layer would copy
# every message deeply, to be thrown away.
metrics = Metrics()
hub = make_hub(ChannelsBus(get_channel_layer()) if settings.REDIS_URL else MemoryBus(), metrics)
application = make_application(hub, metrics)
