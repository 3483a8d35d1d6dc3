"""`make fuzz`: hostile updates, by the million. An insider sends what they like among who write.

Each case goes through a document whose library runs in a process of its own. Either it is refused
and nothing has changed, or it is taken and the document is sound. FUZZ is how many cases, SEED
which; the figures are written into docs/reliability.md.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
import time
from collections import Counter
from pathlib import Path

from realtime.documents.copy import Copy
from realtime.documents.document import Document, Rejected
from realtime.documents.engine import ProcessEngine
from tests.realtime import yjs
from tests.realtime.documents import opened, payload
from tests.realtime.updates import number

PAGE = Path(__file__).parents[2] / "docs/reliability.md"
BEGIN, END = "<!-- fuzz -->\n", "<!-- end of fuzz -->\n"
EACH = 1000  # cases for one session
LOOK = 50  # cases between two looks at the whole document
LETTERS = 80  # actions in a session

Counts = Counter[tuple[str, str]]
"""By category: how many were sent, taken, and what must not be."""


class Siege:
    """One session, in which all that is honest must be taken, whatever is sent between."""

    def __init__(self, engine: ProcessEngine, dice: random.Random, counts: Counts) -> None:
        self.engine, self.dice, self.counts = engine, dice, counts
        self.material: list[bytes] = []  # what an insider has seen, and may spoil and send again

    async def play(self, session: yjs.Session, cases: int) -> bytes:
        """Returns the state in the end."""
        self.document = await opened(engine=self.engine)
        each_time = -(-cases // len(session.log))
        for client, data in session.log:
            await self.document.write(data, str(client))  # nobody who writes notices anything
            self.material.append(data)
            for _ in range(min(each_time, cases)):
                await self.attack()
                cases -= 1
        state = await whole(self.document)
        await self.document.close()
        return state

    async def attack(self) -> None:
        category = self.dice.choice(CATEGORIES)
        self.counts[category, "sent"] += 1
        before, deaths = self.document.seq, self.engine.deaths
        look = self.counts.total() % LOOK == 0
        state = await whole(self.document) if look else b""
        taken = await self.send(category)
        self.counts[category, "taken"] += taken
        self.counts[category, "deaths"] += self.engine.deaths - deaths
        if not taken:
            assert self.document.seq == before, f"{category}: refused and stored"
            assert not look or await whole(self.document) == state, f"{category}: half applied"
        elif self.document.seq > before:
            await self.check(category)

    async def send(self, category: str) -> bool:
        """Whether it was taken."""
        try:
            async with asyncio.timeout(20):
                if category == "state vector":
                    await self.document.answer(state_vector(self.document, self.dice))
                else:
                    data = yjs.ATTACKS[category](self.document, self.material, self.dice)
                    await self.document.write(data, "mallory")
        except Rejected:
            return False
        return True

    async def check(self, category: str) -> None:
        """It can be saved, and what is saved can be loaded as the same."""
        state = await whole(self.document)
        copy = Copy(state)
        assert copy.clocks() == self.document._clocks, f"{category}: left pending"
        Copy(copy.state()).compare(copy)


CATEGORIES = [*yjs.ATTACKS, "insider", "insider", "state vector"]


def state_vector(document: Document, dice: random.Random) -> bytes:
    """Noise, a boast, or where someone might really be."""
    clients = [*document._clocks, dice.randrange(2**53)]
    some = dice.sample(clients, dice.randrange(len(clients) + 1))
    clocks = [number(each) + number(dice.randrange(60)) for each in some]
    data = number(len(some)) + b"".join(clocks)
    noise = dice.randbytes(dice.randrange(64))
    return dice.choice([data, data[: dice.randrange(len(data) + 1)], noise])


async def whole(document: Document) -> bytes:
    answer, _ = await document.answer(b"\x00")
    return payload(answer)


async def campaign(cases: int, seed: int) -> Counts:
    """Play so many cases. Raises where something is not as it must be."""
    dice, counts = random.Random(seed), Counts()
    engine = ProcessEngine()
    sieges = -(-cases // EACH)
    for first in range(0, sieges, 20):
        some = yjs.sessions(300 + 1000 * seed + first, min(20, sieges - first), LETTERS, "wide")
        states = [await Siege(engine, dice, counts).play(each, cases // sieges) for each in some]
        wrong = [each for each in yjs.verdicts([[each] for each in states], "anywhere") if each]
        assert not wrong, wrong
        if cases > 20 * EACH:
            print(f"{sum(sent(counts).values())} cases", file=sys.stderr, flush=True)
    await engine.close()
    return counts


def sent(counts: Counts) -> dict[str, int]:
    return {category: n for (category, what), n in counts.items() if what == "sent"}


def table(counts: Counts, seed: int, seconds: float) -> str:
    rows = ["| category | cases | taken | workers lost |", "|---|---|---|---|"]
    for category, cases in sorted(sent(counts).items()):
        taken, deaths = counts[category, "taken"], counts[category, "deaths"]
        rows.append(f"| {category} | {cases:,} | {taken:,} | {deaths} |")
    total = sum(sent(counts).values())
    rows.append(f"\n{total:,} cases in {seconds:.0f} seconds; seed {seed}.")
    return "\n".join(rows).replace(",", " ")


def write(found: str) -> None:
    before, _, rest = PAGE.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n{found}\n\n{END}{after}")


def main() -> None:
    cases = int(os.environ.get("FUZZ", "1000000"))
    seed = int(os.environ.get("SEED", random.randrange(10**6)))
    print(f"{cases} cases, SEED={seed}", file=sys.stderr)
    begun = time.monotonic()
    counts = asyncio.run(campaign(cases, seed))
    found = table(counts, seed, time.monotonic() - begun)
    print(found)
    write(found)


if __name__ == "__main__":
    main()
