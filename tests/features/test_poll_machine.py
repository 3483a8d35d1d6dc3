"""T-POLLSM: whatever facilitators and voters do, in any order, a poll is as this model says."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.faults.sizes import size
from tests.features.given import FACILITATOR, NINA
from tests.features.polled import KIOSK, OPTIONS, Polled
from workshop.feature import Refused
from workshop.features.polls.casting import SHORTLY
from workshop.features.polls.poll import Sheet
from workshop.features.polls.results import FEW
from workshop.people import SYSTEM, Person

PEOPLE = [Person(f"p{n}", f"P{n}", place="hall" if n % 2 else "remote") for n in range(6)]
VOTERS = st.sampled_from(PEOPLE)
ANSWERS = st.integers(0, len(OPTIONS) - 1)
GRACE = 10


class PollMachine(RuleBasedStateMachine):
    """One poll: how it should be is kept in plain Python beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.given: Polled | None = None
        self.status = "none"
        self.cast: dict[str, int] = {}  # the last answer of each who was heard
        self.visitors: list[int] = []  # answers at the kiosk
        self.hands: list[int] = []  # confirmed, by answer
        self.closed_at = self.until = 0.0

    # What may be done ---------------------------------------------------------------------

    @rule(
        secrecy=st.sampled_from(["public", "confidential", "secret"]),
        places=st.sampled_from([[], ["hall"], ["remote"]]),
        grace=st.sampled_from([0, GRACE]),
        live=st.lists(st.sampled_from(["phones", "screen", "desk"]), max_size=3),
        kiosk=st.booleans(),
    )
    def draft(self, **plan: Any) -> None:
        if self.given is None:
            self.given = Polled(*PEOPLE, **plan)
            self.status = "draft"

    @rule()
    def open(self) -> None:
        if self.may("draft", FACILITATOR, "open", poll="c1"):
            self.status = "open"

    @rule(voter=VOTERS, answer=ANSWERS, seen=st.floats(-SHORTLY * 2, 5), version=st.integers(1, 2))
    def vote(self, voter: Person, answer: int, seen: float, version: int) -> None:
        if self.given is None:
            return
        moment = self.closed_at + seen
        plan, now = self.given.poll.plan, self.now + 1
        in_time = self.status == "open" or (
            self.status == "closing"
            and now <= self.until
            and self.closed_at - SHORTLY <= moment <= self.closed_at
            and moment > 0
        )
        entitled = not plan.places or voter.place in plan.places
        fields = {"poll": "c1", "version": version, "answer": answer, "seen": moment}
        if self.done(voter, "vote", **fields):
            assert in_time, "V3: nobody is heard before the opening or after the end"
            assert entitled, "V3: nor anybody who may not"
            assert version == 1
            self.cast[voter.id] = answer
        else:
            assert not (in_time and entitled and version == 1)

    @rule(answer=ANSWERS)
    def vote_at_a_kiosk(self, answer: int) -> None:
        if self.given and self.status != "closing":
            fields = {"poll": "c1", "version": 1, "answer": answer}
            done = self.done(KIOSK, "vote", **fields)
            assert done == (self.status == "open" and self.given.poll.plan.kiosk)
            self.visitors += [answer] if done else []

    @rule(answer=ANSWERS, n=st.integers(1, 9), second=st.sampled_from([FACILITATOR, NINA]))
    def count_hands(self, answer: int, n: int, second: Person) -> None:
        if self.given is None:
            return
        fields = {"channel": "hands", "lines": [[answer, n]], "voters": n}
        entered = self.done(FACILITATOR, "enter", poll="c1", **fields)
        assert entered == (self.status in ("open", "closing", "closed"))
        if entered:
            (sheet,) = [each for each in self.given.records.all(Sheet) if not each.confirmed]
            confirmed = self.done(second, "confirm", sheet=sheet.id)
            assert confirmed == (second is not FACILITATOR)
            if confirmed:
                self.hands += [answer] * n
            else:
                assert self.done(NINA, "tear_up", sheet=sheet.id)

    @rule()
    def count(self) -> None:
        if self.given:
            assert self.done(SYSTEM, "count", poll="c1") == (self.status in ("open", "closing"))

    @rule(live=st.lists(st.sampled_from(["phones", "screen", "desk"]), max_size=3))
    def show(self, live: list[str]) -> None:
        if self.given:
            done = self.done(FACILITATOR, "show", poll="c1", live=live)
            assert done == (self.status == "open")

    @rule()
    def close(self) -> None:
        if self.may("open", FACILITATOR, "close", poll="c1"):
            assert self.given
            grace = self.given.poll.plan.grace
            self.closed_at, self.until = self.now, self.now + grace
            self.status = "closing" if grace else self.after_the_end

    @rule(seconds=st.integers(0, 2 * GRACE))
    def wait_and_end(self, seconds: int) -> None:
        if self.given is None:
            return
        self.given.wait(seconds)
        over = self.status == "closing" and self.now + seconds + 1 >= self.until
        assert self.done(SYSTEM, "end", poll="c1") == over
        if over:
            self.status = self.after_the_end

    @rule()
    def unseal(self) -> None:
        if self.given and self.status == "counting":
            self.given.unsealed()
            self.status = "closed"

    @rule()
    def publish(self) -> None:
        if self.may("closed", FACILITATOR, "publish", poll="c1"):
            self.status = "published"

    # What must hold -----------------------------------------------------------------------

    @invariant()
    def it_stands_where_it_should(self) -> None:
        assert self.given is None or self.given.poll.status == self.status

    @invariant()
    def one_person_has_one_ballot(self) -> None:
        """V1."""
        if self.given:
            people = [each.person for each in self.given.ballots if each.channel != "kiosk"]
            assert sorted(people) == sorted(self.cast)

    @invariant()
    def the_result_equals_the_ballots(self) -> None:
        """V2."""
        if self.given and self.status in ("closed", "published"):
            counted = Counter([*self.cast.values(), *self.visitors, *self.hands])
            result = self.given.result
            assert result
            assert result.outcome.votes == [counted[n] for n in range(len(OPTIONS))]
            numbers = (result.hall + result.remote, result.kiosk, result.paper)
            assert numbers == (len(self.cast), len(self.visitors), len(self.hands))

    @invariant()
    def nothing_hidden_is_told(self) -> None:
        """V5, and the secrecy of answers: by what is in the records and for whom."""
        if self.given is None:
            return
        poll, published = self.given.poll, self.status == "published"
        for key, record in self.given.records:
            kind = key.partition("/")[0]
            if kind == "polls.result":
                assert (record.audience == "all") == published
                assert self.status in ("closed", "published")
            if kind == "polls.running":
                seers = {"phones": "all", "screen": "screens", "desk": "facilitators"}
                assert record.audience in {seers[each] for each in poll.plan.live}
                assert poll.plan.secrecy != "secret"
                assert self.status in ("open", "closing")
            if kind == "polls.ballot":
                assert record.audience == record.person
                assert (record.answer is None) == (poll.plan.secrecy == "secret")
            if kind == "polls.opened":
                assert record.audience == "system"

    @invariant()
    def no_part_tells_how_one_of_few_voted(self) -> None:
        if self.given and self.given.result and self.given.poll.plan.secrecy == "confidential":
            told = [part.outcome for part in self.given.result.parts if part.outcome]
            assert all(n == 0 or n >= FEW for outcome in told for n in outcome.votes)

    # Helpers ------------------------------------------------------------------------------

    @property
    def now(self) -> float:
        """The moment of the last command."""
        assert self.given
        return self.given.now

    @property
    def after_the_end(self) -> str:
        assert self.given
        return "counting" if self.given.poll.plan.secrecy == "secret" else "closed"

    def may(self, status: str, by: Person, name: str, **fields: Any) -> bool:
        """Do it: it must be done if the poll stands there, and refused otherwise."""
        if self.given is None:
            return False
        done = self.done(by, name, **fields)
        assert done == (self.status == status), (name, self.status)
        return done

    def done(self, by: Person, name: str, **fields: Any) -> bool:
        assert self.given
        try:
            self.given.done(by, name, **fields)
        except Refused:
            return False
        return True


PollMachine.TestCase.settings = settings(
    max_examples=size(80, 10_000), stateful_step_count=40, deadline=None
)
TestPolls = PollMachine.TestCase
