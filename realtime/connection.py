"""One person's connection: what they ask, and how far through the room they have been told.

Joining, live delivery, a slow network and a reconnect are all the same thing: catching up from
wherever this connection has got to. Nothing is queued for a reader but the answers to what they
asked, so that one who does not read costs nobody anything.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import msgspec

from realtime import protocol
from realtime.crowd import Group, Line
from realtime.documents.scribe import Scribe
from realtime.message import Message
from realtime.protocol import REF, Closing, spoken
from realtime.stand import Stand
from realtime.visit import Visit
from realtime.writer import Answer, Asked
from workshop.door import Unavailable
from workshop.feature import Refused
from workshop.people import MEMBERS, Person

logger = logging.getLogger(__name__)

UNSENT = 256 * 1024  # bytes of answers: more means that someone asks and does not read
ANSWERS_KEPT = 500
OLDER = 200  # records in one answer to `older`
SYNC, AWARENESS, DIGEST = 0, 1, 64
STEP_1, STEP_2, UPDATE = 0, 1, 2


class Connection:
    """It never waits: what takes time is handed on, and answered when it is done."""

    __slots__ = (
        "_address", "_answers", "_greeted", "_offences", "_scribe", "_unsent",
        "closing", "group", "limits", "line", "person", "stand", "stuck_since", "visit",
    )  # fmt: skip

    def __init__(
        self,
        visit: Visit,
        person: Person,
        line: Line,
        limits: Mapping[str, Any],
        address: str = "",
    ) -> None:
        """`address` is where they come from, as admission counts it."""
        self.visit, self.person, self.line, self.limits = visit, person, line, limits
        self._address = address
        self.stand: Stand | None = None
        self.group: Group | None = None
        self.closing: Closing | None = None
        self.stuck_since: float | None = None
        self._greeted = False  # a hello is always answered with a frame: it says where one stands
        self._answers: list[Message] | None = None  # that wait for the line to drain
        self._unsent = 0  # bytes of them
        self._scribe: Scribe | None = None  # once they want the minutes
        self._offences = 0
        visit.hub.admission.expect(self)

    # What they ask ------------------------------------------------------------------------

    def hear_text(self, text: str) -> None:
        """Take a text frame. Whatever it holds, the worst that can follow is a closed socket."""
        if self.closing:
            return
        # Counted in characters first: most frames are far below the limit in any encoding.
        if 4 * len(text) > self.limits["message"] and self._too_big(text):
            self.offend()
            return self.refuse("", "too-big")
        if wait := self.take("messages"):
            return self._slow_down(text, wait)
        try:
            message = protocol.understood(text)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            return self.refuse("", "malformed")
        self._answer(message)

    def hear_bytes(self, message: bytes) -> None:
        """Take a binary frame: a y-protocols message for the minutes."""
        if self.closing or not self.greeted or len(message) < 2:
            return
        if self._scribe is None:
            self._scribe = Scribe(self)
        if message[0] == AWARENESS:
            self._scribe.point(message)
        elif message[0] == DIGEST:
            self._scribe.compare()
        elif message[0] == SYNC and message[1] == STEP_1:
            self._scribe.greet(message)
        elif message[0] == SYNC and message[1] in (STEP_2, UPDATE):
            self._scribe.write(message)

    def take(self, what: str) -> float:
        """Ask the limits to do one of `what`: 0, or how many seconds to wait. Whoever has a seat
        shares theirs among all their tabs, kiosks too: each ballot there is another's. Observers,
        who have no name, have them for each socket."""
        who = id(self) if self.person.role == "observer" else self.person.id
        return self.visit.rates.take(who, what)

    def offend(self) -> None:
        """Count one more that was too fast or too big. Each costs us something, and often more than
        them: a frame of half a megabyte is half a kilobyte compressed. Far too many, and the socket
        closes."""
        self._offences += 1
        if self._offences > 10 * self.limits["messages"][1]:
            self.close(protocol.TOO_FAST)

    def _too_big(self, text: str) -> bool:
        size: int = self.limits["message"]
        return len(text.encode("utf-8", "surrogatepass")) > size

    def _answer(self, message: protocol.Asked) -> None:
        match message:
            case protocol.Hello():
                self._hello(message)
            case _ if not self.greeted:
                self.close(protocol.MALFORMED)
            case protocol.Do():
                self._do(message)
            case protocol.Older():
                self._tell_older(message)
            case protocol.Ephemeral():
                self._pass_on(message)
            case protocol.Ping():
                now, seq = self.visit.room.clock(), self.place.seq
                self.say(protocol.Pong(seq=seq, now=now, stamp=self._stamp(now)))

    def _hello(self, hello: protocol.Hello) -> None:
        self.visit.hub.admission.greeted(self)
        if hello.since > self.visit.room.seq:
            self.visit.tasks.begin(self._welcome_when_learnt(hello))
        else:
            self._welcome(hello)

    async def _welcome_when_learnt(self, hello: protocol.Hello) -> None:
        """They know more of this room than we do: another process told them."""
        try:
            await self.visit.room.learn()
        except Unavailable:
            self.close(protocol.UNWELL)
        else:
            if self.person.role in MEMBERS:
                self.reseated(self.seated())  # what was learnt may concern them
            self._welcome(hello)

    def _welcome(self, hello: protocol.Hello) -> None:
        room, person = self.visit.room, self.person
        known = hello.epoch == self.epoch and 0 <= hello.since <= room.seq
        self.visit.crowd.set_apart(self)
        here = self.visit.here(minutes=False)
        if self.stand:  # again: who follows the minutes goes on doing so
            here = here._replace(edit=self.stand.edit, cursors=self.stand.cursors)
        self.stand = here._replace(seq=hello.since if known else 0, presence=-1)
        self._greeted = True
        you = protocol.You(person.id, person.name, person.role, person.place)
        now = room.clock()
        self.say(protocol.Welcome(you, self.epoch, now, room.seq, self._stamp(now)))

    def _stamp(self, now: float) -> str:
        return self.visit.hub.parts.stamps.make(self.visit.room.id, self.person.id, now)

    def _seen(self, stamp: str) -> float:
        if not stamp:
            return 0
        return self.visit.hub.parts.stamps.read(self.visit.room.id, self.person.id, stamp)

    @property
    def epoch(self) -> str:
        """The log's identity as this reader may know it: with other eyes one starts afresh."""
        return f"{self.visit.room.epoch}.{self.person.role}.{self.person.id}"

    def _do(self, message: protocol.Do) -> None:
        if not REF.fullmatch(message.ref):
            return self.refuse(message.ref[:64], "malformed")
        if message.do not in self.visit.room.rules:
            return self.refuse(message.ref, "unknown-command")
        if wait := self.take(message.do) or self.visit.slow_mode(self.person, message.do):
            return self.refuse(message.ref, "too-fast", wait)

        def settle(answer: Answer) -> None:
            self.say(answered(message.ref, answer))

        seen = self._seen(message.seen)
        asked = Asked(message.do, self.person, message.ref, message.fields, settle, seen)
        self.visit.room.ask(asked)

    def _tell_older(self, message: protocol.Older) -> None:
        if wait := self.take("older"):
            return self.refuse("", "too-fast", wait)
        kind = self.visit.room.kinds.get(message.kind)
        if kind is None or not kind.keep:
            return self.refuse("", "malformed")
        self.visit.tasks.begin(self._find_older(message))

    async def _find_older(self, message: protocol.Older) -> None:
        audiences = self.person.audiences
        try:
            put = await self.visit.room.older(message.kind, message.before, audiences, OLDER)
        except Unavailable:
            self.refuse("", "unavailable")
        else:
            self.say(protocol.OlderRecords(message.kind, message.before, put, len(put) == OLDER))

    def _pass_on(self, message: protocol.Ephemeral) -> None:
        who = self.seated()
        if who is None or who.role not in MEMBERS:
            return self.refuse("", "not-allowed" if who else "not-seated")
        if message.what not in self.visit.ephemerals_known or message.fields:
            return self.refuse("", "malformed")
        if not self.take("ephemerals"):
            self.visit.pass_on(protocol.Passing(message.what, who.id, who.name, {}))

    @property
    def greeted(self) -> bool:
        """Whether they have said hello."""
        return self.stand is not None or self.group is not None

    @property
    def place(self) -> Stand:
        """Where they stand."""
        stand = self.group.stand if self.group else self.stand
        assert stand, "only who has said hello stands anywhere"
        return stand

    def read_minutes(self, edit: int) -> None:
        """From now on they are told what is written after this edit."""
        place = self.place
        self.visit.crowd.set_apart(self)
        self.stand = place._replace(edit=edit, cursors=0)

    def seated(self) -> Person | None:
        """Who sits in this seat now."""
        return self.visit.room.person(self.person.id)

    # What they are told -------------------------------------------------------------------

    def say(self, message: msgspec.Struct) -> None:
        self.push(spoken(message))

    def refuse(self, ref: str, code: str, wait: float = 0) -> None:
        self.say(protocol.Refusal(ref, code, round(wait, 2)))

    def push(self, message: Message) -> None:
        """Answer, and whatever else is new with it; or keep the answer until the line has drained.
        One who asks and does not read is closed."""
        if self.closing:
            return
        self._answers = self._answers or []
        self._answers.append(message)
        self._unsent += len(message)
        if self.line.busy and (self._unsent > UNSENT or len(self._answers) > ANSWERS_KEPT):
            return self.close(protocol.SLOW)
        self._tell(self.stand if self._greeted else None)

    def breathe(self) -> None:
        """Tell whatever is new for this reader."""
        self._tell(self.stand)

    def full(self) -> None:
        """The line takes no more for now."""
        self.visit.crowd.set_apart(self)

    def drained(self) -> None:
        """The line takes messages again."""
        self.stuck_since = None
        self.breathe()

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

    def give_up(self) -> None:
        """They have not said hello in time, or others were waiting to."""
        self.close(protocol.NO_HELLO)

    def close(self, why: Closing, wait: float = 0) -> None:
        """Say why and whether to come back, and close."""
        if self.closing:
            return
        self.closing = why
        self.visit.crowd.set_apart(self)
        if self.line.busy:
            self.line.abort()  # who does not read cannot be told
        else:
            self._say_bye(why, wait)
            self.line.close(why.close)

    def gone(self) -> None:
        """The socket is closed. What was being stored goes on; nothing more is told."""
        self.closing = self.closing or Closing(1006, "lost", again=True)
        self.visit.hub.admission.greeted(self)
        self.visit.hub.admission.leave(self._address)
        self.visit.leave(self)

    def _say_bye(self, why: Closing, wait: float) -> None:
        self.line.put(self.line.packing([spoken(protocol.Bye.of(why, wait))]))

    def _tell(self, stand: Stand | None) -> None:
        """Give the answers that wait, and with them what is new since they stood there, if they are
        to hear it now; unless the network is still busy."""
        if self.line.busy or self.closing:
            return
        messages, self._answers, self._unsent = self._answers or [], None, 0
        if stand is not None:
            messages += self._news(stand)
        if messages:
            self.line.put(self.line.packing(messages))
            self.visit.crowd.counts.frames += 1

    def _news(self, stand: Stand) -> list[Message]:
        """What is new since they stood there; from now on they stand here."""
        person = self.person
        messages = self.visit.news(stand, person.audiences, person.id, greet=self._greeted)
        self.stand, self._greeted = self.visit.here(minutes=stand.edit is not None), False
        return messages

    def _slow_down(self, text: str, wait: float) -> None:
        """Over the rate. Say so, so that it may be sent again."""
        self.offend()
        if self.closing:
            return
        try:
            message = protocol.understood(text)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            message = None
        self.refuse(message.ref if isinstance(message, protocol.Do) else "", "too-fast", wait)


class MinutesConnection(Connection):
    """The minutes alone, as a stock y-websocket client speaks them: binary frames, no word of ours.

    Such a client shows no refusals, so that a refused update closes its socket; but one that may
    only read may go on sending what nobody takes.
    """

    __slots__ = ()

    def __init__(self, visit: Visit, *arguments: Any) -> None:
        super().__init__(visit, *arguments)
        visit.hub.admission.greeted(self)
        self.stand = visit.here(minutes=False)

    def hear_text(self, text: str) -> None:
        self.close(protocol.MALFORMED)

    def say(self, message: msgspec.Struct) -> None:
        """Nothing: it would not be understood. But an update that is refused ends it."""
        if isinstance(message, protocol.Unsaved) and message.code not in ("gap", "not-allowed"):
            self.close(protocol.MALFORMED)

    def _news(self, stand: Stand) -> list[Message]:
        # Never quite where the others stand: they are told what this client would not understand.
        self.stand = self.visit.here(minutes=stand.edit is not None)._replace(presence=-2)
        return self.visit.news_of_minutes(stand)

    def _say_bye(self, why: Closing, wait: float) -> None:
        """The close code says it all."""


def answered(ref: str, answer: Answer) -> protocol.Done | protocol.Refusal:
    """The answer to a command, as it is told."""
    if isinstance(answer, int):
        return protocol.Done(ref, answer)
    return protocol.Refusal(ref, answer.code if isinstance(answer, Refused) else "unavailable")
