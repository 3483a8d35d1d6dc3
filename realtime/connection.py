"""One person's socket: what they ask, and how far through the room they have been told.

Joining, live delivery, a slow network and a reconnect are all the same thing: catching up from
wherever this connection has got to. Nothing is queued for a reader but the answers to what they
asked, so that one who does not read costs nobody anything.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Coroutine, Iterator, Mapping
from typing import Any, Protocol

import msgspec

from realtime import protocol
from realtime.document import Rejected
from realtime.hub import Visit
from realtime.limits import Allowance
from realtime.protocol import REF, Closing, spoken
from workshop.door import Unavailable
from workshop.feature import Refused
from workshop.people import MEMBERS, Person
from workshop.records import plain

logger = logging.getLogger(__name__)

UNSENT = 256 * 1024  # bytes of answers: more means that someone asks and does not read
ANSWERS_KEPT = 500
OLDER = 200  # records in one answer to `older`
SYNC, AWARENESS = 0, 1
STEP_1, STEP_2, UPDATE = 0, 1, 2


class Sink(Protocol):
    """The way to the browser. `send` waits while the network does."""

    async def send(self, message: str | bytes) -> None: ...

    async def close(self, code: int) -> None: ...

    def abort(self) -> None:
        """Cut the line, with whatever is still on it."""


class Connection:
    def __init__(self, visit: Visit, person: Person, sink: Sink, limits: Mapping[str, Any]) -> None:
        self.visit, self.room, self.person, self.sink = visit, visit.room, person, sink
        self.limits = limits
        self.allowance: Allowance = visit.allowance(person)
        self.told: int | None = None  # the seq this reader stands at; None before hello
        self.closing: Closing | None = None
        self._greeted = False  # a hello is always answered with a frame: it says where one stands
        self._answers: deque[str | bytes] = deque()
        self._unsent = 0  # bytes of them
        self._presence: protocol.PresenceCount | None = None
        self._ephemerals = self.visit.ephemerals.version
        self._edit: int | None = None  # the edit this reader stands at; None while not reading
        self._cursors = 0
        self._updates = 0
        self._settled: set[int] = set()
        self._saved = 0
        self._offences = 0
        self._sending: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.sending_since: float | None = None
        self._deadline = asyncio.get_running_loop().call_later(
            limits["hello_within"], self._give_up
        )
        visit.hub.admission.expect(self, self._give_up)

    # What they ask ------------------------------------------------------------------------

    async def hear_text(self, text: str) -> None:
        """Take a text frame. Whatever it holds, the worst that can follow is a closed socket."""
        if self.closing:
            return
        if len(text.encode("utf-8", "surrogatepass")) > self.limits["message"]:
            return self.refuse("", "too-big")
        if wait := self.allowance.take("messages"):
            return self._slow_down(text, wait)
        try:
            message = protocol.understood(text)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            return self.refuse("", "malformed")
        try:
            await self._answer(message)
        except Unavailable:
            self.close(protocol.UNWELL, wait=2)

    async def hear_bytes(self, message: bytes) -> None:
        """Take a binary frame: a y-protocols message for the minutes."""
        if self.closing or self.told is None:
            return
        if not message or message[0] not in (SYNC, AWARENESS):
            return
        if message[0] == AWARENESS:
            await self._take_awareness(message)
        elif len(message) > 1 and message[1] == STEP_1:
            await self._greet(message)
        elif len(message) > 1 and message[1] in (STEP_2, UPDATE):
            self._take_update(message)

    async def _answer(self, message: protocol.Asked) -> None:
        match message:
            case protocol.Hello():
                await self._welcome(message)
            case _ if self.told is None:
                self.close(protocol.MALFORMED)
            case protocol.Do():
                await self._do(message)
            case protocol.Older():
                self._tell_older(message)
            case protocol.Ephemeral():
                await self._pass_on(message)
            case protocol.Ping():
                self.say(protocol.Pong(seq=self.told, now=self.room.clock()))

    async def _welcome(self, hello: protocol.Hello) -> None:
        self._stop_expecting()
        if hello.since > self.room.seq:
            await self.room.learn()
        known = hello.epoch == self.epoch and 0 <= hello.since <= self.room.seq
        self.told = hello.since if known else 0
        self._presence, self._greeted = None, True
        you = protocol.You(self.person.id, self.person.name, self.person.role, self.person.place)
        self.say(protocol.Welcome(you, self.epoch, self.room.clock(), self.room.seq))

    @property
    def epoch(self) -> str:
        """The log's identity as this reader may know it: with other eyes one starts afresh."""
        return f"{self.room.epoch}.{self.person.role}.{self.person.id}"

    async def _do(self, message: protocol.Do) -> None:
        if not REF.fullmatch(message.ref):
            return self.refuse(message.ref[:64], "malformed")
        if message.do not in self.room.rules:
            return self.refuse(message.ref, "unknown-command")
        if wait := self.allowance.take(message.do):
            return self.refuse(message.ref, "too-fast", wait)
        if self.person.role != "facilitator" and self.visit.together.take(f"room.{message.do}"):
            return self.refuse(message.ref, "too-fast", self.limits["slow_mode"])
        try:
            seq = await self.room.submit(message.do, self.person, message.ref, message.fields)
        except Refused as refused:
            self.refuse(message.ref, refused.code)
        except Unavailable:
            self.refuse(message.ref, "unavailable")
        else:
            self.say(protocol.Done(message.ref, seq))

    def _tell_older(self, message: protocol.Older) -> None:
        if wait := self.allowance.take("older"):
            return self.refuse("", "too-fast", wait)
        kind = self.room.kinds.get(message.kind)
        if kind is None or not kind.keep:
            return self.refuse("", "malformed")
        found = self.room.older(message.kind, message.before, self.person.audiences, OLDER)
        put = {record.key: plain(record) for record in found}
        self.say(protocol.OlderRecords(message.kind, message.before, put, len(found) == OLDER))

    async def _pass_on(self, message: protocol.Ephemeral) -> None:
        known = {what for feature in self.room.features.values() for what in feature.ephemerals}
        who = self.room.person(self.person.id)
        if who is None or who.role not in MEMBERS:
            return self.refuse("", "not-allowed" if who else "not-seated")
        if message.what not in known or message.fields:
            return self.refuse("", "malformed")
        if not self.allowance.take("ephemerals"):
            await self.visit.pass_on(protocol.Passing(message.what, who.id, who.name, {}))

    # The minutes --------------------------------------------------------------------------

    async def _greet(self, message: bytes) -> None:
        """Sync step 1: someone wants the minutes. From now on they follow."""
        if self.allowance.take("greetings"):
            return self.refuse("", "too-fast")
        try:
            document = await self.visit.document()
        except Exception as error:  # noqa: BLE001 - the store may be away: come back
            logger.warning("minutes could not be opened: %s", type(error).__name__)
            return self.close(protocol.UNWELL, wait=2)
        try:
            self._push(document.answer(payload(message)))
        except Rejected:
            return self.refuse("", "malformed")
        self._edit = document.seq
        if self._may_write():
            self._push(document.greeting())
        self.breathe()

    def _take_update(self, message: bytes) -> None:
        self._updates += 1
        self._spawn(self._write(self._updates, message))

    async def _write(self, number: int, message: bytes) -> None:
        """Check, store, and only then call it saved. Until the first await this runs in the order
        in which messages came."""
        try:
            update = self._allowed_update(number, message)
            document = self.visit.opened_document
            await document.write(update, self.person.id)
        except Rejected as rejected:
            self._tell_unsaved(number, rejected.code)
        except Exception as error:  # noqa: BLE001 - a full disk must not end the session
            logger.warning("an update could not be stored: %s", type(error).__name__)
            self._tell_unsaved(number, "unavailable")
        self._settle(number)

    def _tell_unsaved(self, number: int, code: str) -> None:
        self.say(protocol.Unsaved(number, code))
        if code == "gap" and self._edit is not None:
            self._push(self.visit.opened_document.greeting())

    def _allowed_update(self, number: int, message: bytes) -> bytes:
        if not self._may_write():
            raise Rejected("not-allowed")
        if self._edit is None:
            raise Rejected("gap")
        largest = "first_update" if number == 1 else "update"
        if len(message) > self.limits[largest]:
            raise Rejected("too-big")
        if self.allowance.take("updates"):
            raise Rejected("too-fast")
        return payload(message)

    def _settle(self, number: int) -> None:
        """Say up to which of their updates all are settled: saved, or refused and told so."""
        self._settled.add(number)
        before = self._saved
        while self._saved + 1 in self._settled:
            self._saved += 1
            self._settled.discard(self._saved)
        if self._saved > before:
            self.say(protocol.Saved(self._saved))

    async def _take_awareness(self, message: bytes) -> None:
        who = self.room.person(self.person.id)
        if who is None or who.role not in MEMBERS or len(message) > self.limits["awareness"]:
            return
        if not self.allowance.take("awarenesses"):
            try:
                await self.visit.show_cursor(message, who, self)
            except Rejected as rejected:
                self.refuse("", rejected.code)

    def _may_write(self) -> bool:
        who = self.room.person(self.person.id)
        return who is not None and self.visit.may_write(who)

    # What they are told -------------------------------------------------------------------

    def say(self, message: msgspec.Struct) -> None:
        self._push(spoken(message))

    def refuse(self, ref: str, code: str, wait: float = 0) -> None:
        self.say(protocol.Refusal(ref, code, round(wait, 2)))

    def breathe(self) -> None:
        """Send whatever is new for this reader, unless the network is still busy with the last."""
        if self._sending is None and not self.closing:
            messages = list(self._news())
            if messages:
                self.sending_since = self.visit.clock()
                self._sending = asyncio.create_task(self._send(messages))

    def reseated(self, person: Person | None) -> None:
        """The seat changed. Another place is no matter; another role, and one comes back with other
        eyes."""
        if person is None:
            self.close(protocol.NO_SEAT)
        elif person.role != self.person.role:
            self.close(protocol.RIGHTS)
        else:
            self.person = person
            self.visit.presence.move(person)

    def close(self, why: Closing, wait: float = 0) -> None:
        """Say why and whether to come back, and close."""
        if not self.closing:
            self.closing = why
            self._spawn(self._leave(why, wait))

    def _give_up(self) -> None:
        """They have not said hello in time, or others were waiting to."""
        self._stop_expecting()
        self.close(protocol.NO_HELLO)

    def _stop_expecting(self) -> None:
        self._deadline.cancel()
        self.visit.hub.admission.greeted(self)

    def gone(self) -> None:
        """The socket is closed. What was being stored goes on; nothing more is told."""
        self.closing = self.closing or Closing(1006, "lost", again=True)
        self._stop_expecting()
        if self._sending:
            self._sending.cancel()
        self.visit.leave(self)

    def _news(self) -> Iterator[str | bytes]:
        yield from self._take_answers()
        if self.told is None:
            return
        frame = self.room.frame(self.told, self.person.audiences)
        if frame or self._greeted:
            yield frame.text
        self.told, self._greeted = frame.seq, False
        yield from self._passing_news()
        yield from self._minutes_news()

    def _take_answers(self) -> Iterator[str | bytes]:
        answers, self._answers, self._unsent = self._answers, deque(), 0
        yield from answers

    def _passing_news(self) -> Iterator[str]:
        if self.visit.presence_count != self._presence:
            self._presence = self.visit.presence_count
            if self._presence:
                yield spoken(self._presence)
        if self.visit.ephemerals.version > self._ephemerals:
            yield from self.visit.ephemerals.since(self._ephemerals, self.person.id)
            self._ephemerals = self.visit.ephemerals.version

    def _minutes_news(self) -> Iterator[bytes]:
        if self._edit is None:
            return
        document, cursors = self.visit.opened_document, self.visit.awareness
        if document.seq > self._edit and (written := document.since(self._edit)):
            yield written
        self._edit = document.seq
        if cursors.version > self._cursors and (shown := cursors.since(self._cursors)):
            yield shown
        self._cursors = cursors.version

    def _push(self, message: str | bytes) -> None:
        self._answers.append(message)
        self._unsent += len(message)
        waiting = self._sending is not None
        if waiting and (self._unsent > UNSENT or len(self._answers) > ANSWERS_KEPT):
            self.close(protocol.SLOW)
        self.breathe()

    async def _send(self, messages: list[str | bytes]) -> None:
        try:
            for message in messages:
                await self.sink.send(message)
        except Exception as error:  # noqa: BLE001 - a socket that cannot be written to is closed
            logger.debug("a socket was lost while writing: %s", type(error).__name__)
            self.closing = self.closing or Closing(1006, "lost", again=True)
        finally:
            self._sending = self.sending_since = None
        self.breathe()

    async def _leave(self, why: Closing, wait: float) -> None:
        if self._sending:
            await asyncio.wait([self._sending], timeout=1)
        try:
            async with asyncio.timeout(1):
                await self._say_bye(why, wait)
                await self.sink.close(why.close)
        except TimeoutError:
            self.sink.abort()  # who does not read cannot be told
        except Exception as error:  # noqa: BLE001 - already gone
            logger.debug("a socket was lost while closing: %s", type(error).__name__)

    async def _say_bye(self, why: Closing, wait: float) -> None:
        await self.sink.send(spoken(protocol.Bye(why.code, why.again, round(wait, 2))))

    def _slow_down(self, text: str, wait: float) -> None:
        """Over the rate. Say so, so that it may be sent again; far over, and the socket closes."""
        self._offences += 1
        if self._offences > 10 * self.limits["messages"][1]:
            return self.close(protocol.TOO_FAST, wait=5)
        try:
            message = protocol.understood(text)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            message = None
        self.refuse(message.ref if isinstance(message, protocol.Do) else "", "too-fast", wait)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class MinutesConnection(Connection):
    """The minutes alone, as a stock y-websocket client speaks them: binary frames, no word of ours.

    Such a client shows no refusals, so that a refused update closes its socket; but one that may
    only read may go on sending what nobody takes.
    """

    def __init__(self, visit: Visit, person: Person, sink: Sink, limits: Mapping[str, Any]) -> None:
        super().__init__(visit, person, sink, limits)
        self._stop_expecting()
        self.told = 0

    async def hear_text(self, text: str) -> None:
        self.close(protocol.MALFORMED)

    def say(self, message: msgspec.Struct) -> None:
        """Nothing: it would not be understood."""

    def _tell_unsaved(self, number: int, code: str) -> None:
        super()._tell_unsaved(number, code)
        if code not in ("gap", "not-allowed"):
            self.close(protocol.MALFORMED)

    def _news(self) -> Iterator[str | bytes]:
        yield from self._take_answers()
        yield from self._minutes_news()

    async def _say_bye(self, why: Closing, wait: float) -> None:
        """The close code says it all."""


def payload(message: bytes) -> bytes:
    """The byte array that a sync message carries. Raises Rejected where it is not one."""
    length, shift, at = 0, 0, 2
    while at < len(message) and shift <= 28:
        length |= (message[at] & 0x7F) << shift
        at += 1
        if message[at - 1] < 0x80:
            if len(message) - at != length:
                break
            return message[at:]
        shift += 7
    raise Rejected("malformed")
