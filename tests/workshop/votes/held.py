"""Votes that were held in a room, for the pages and files that tell of them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from asgiref.sync import sync_to_async
from django.urls import reverse

from realtime.asgi import BOX
from tests.workshop.conftest import ClientWithDoor, sit
from workshop import sessions
from workshop.people import SYSTEM, Person

YES_NO = {"kind": "yes_no"}
THREE = {"Ana": "yes", "Ben": "yes", "Chi": "no"}


class Held:
    """A session, its room, and Hélène, who facilitates."""

    def __init__(self, hub: Any, session: Any) -> None:
        self.hub, self.session = hub, session
        self.codes: list[str] = []

    async def browser(self, role: str = "", name: str = "Ana") -> ClientWithDoor:
        """Somebody's browser; with no role, an observer's."""
        client = ClientWithDoor(self.hub)
        client.cookies["django_language"] = "en"
        if role:
            seat = await sync_to_async(sit)(client, self.session, role, name)
            client.person = await self.hub.person(self.session.slug, sessions.person(seat))
        return client

    async def seat(self, name: str, role: str = "participant") -> Person:
        return (await self.browser(role, name)).person

    async def does(self, by: Person, name: str, **fields: Any) -> str:
        ref = str(uuid4())
        await self.hub.submit(self.session.slug, name, by, ref, fields)
        return ref

    async def host(self) -> Person:
        if not hasattr(self, "_host"):
            self._host = await self.seat("Hélène", "facilitator")
        return self._host

    async def opened(self, secrecy: str = "confidential", form: Any = YES_NO, **plan: Any) -> str:
        fields = {"question": "More trains?", "form": form, "secrecy": secrecy, "grace": 0} | plan
        poll = await self.does(await self.host(), "polls.draft", plan=fields)
        await self.does(await self.host(), "polls.open", poll=poll)
        return poll

    async def votes(self, by: Person, poll: str, answer: Any, code: str = "", version: int = 1):
        fields = {"poll": poll, "version": version, "answer": answer}
        await self.does(by, "polls.vote", **fields, **({"code": code} if code else {}))

    async def closed(self, poll: str, secret: bool = False) -> str:
        await self.does(await self.host(), "polls.close", poll=poll)
        if secret:
            name, fields = await sync_to_async(BOX.counting)(self.session.slug, poll)
            ref = f"{name}:{poll}"
            await self.hub.submit(self.session.slug, name, SYSTEM, ref, fields)
        return poll

    async def does_end(self, poll: str) -> None:
        await self.hub.submit(self.session.slug, "polls.end", SYSTEM, f"end:{poll}", {"poll": poll})

    async def published(self, poll: str) -> str:
        await self.does(await self.host(), "polls.publish", poll=poll)
        return poll

    async def whole(self, secrecy: str, answers: dict[str, Any], **plan: Any) -> str:
        """A vote from its opening to its result: what each person answered, by name."""
        poll = await self.opened(secrecy, **plan)
        for n, (name, answer) in enumerate(answers.items()):
            code = f"ABCDEFGHJ{n + 2}" if secrecy == "secret" else ""
            await self.votes(await self.seat(name), poll, answer, code)
        await self.closed(poll, secrecy == "secret")
        return await self.published(poll)


def of(held: Held, name: str, *arguments: str) -> str:
    """An address of this session."""
    return reverse(name, args=[held.session.slug, *arguments])
