"""The demonstration: a day with a session that has ended, one that is live and one to come.

What it says is written through the rooms themselves, by the commands that people would have given,
on a clock of its own. Seeding again moves the times and touches nothing else.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from realtime.hub import Hub
from workshop import sessions
from workshop.models import Day, Language, Seat, Session
from workshop.people import Person

DAY = "assises-mediation-numerique"
ACCOUNT = "demo"
STREAM = "demo"
NAMES = UUID("8a0b4f0e-0a55-4ba1-9a6e-51f2d1c0ffee")


class Slot(NamedTuple):
    """A session; `minutes` is when it starts and ends, from now."""

    slug: str
    title: str
    description: str
    minutes: tuple[int, int]


Lines = Sequence[tuple[str, str]]
Script = Sequence[tuple[str, str, dict[str, Any]]]

PROGRAMME = (
    Slot(
        "ouverture",
        "Ouverture : ce que disent les quatorze ateliers",
        "Quatorze ateliers ont réuni quatre cents personnes. Leurs rapporteurs en rendent compte.",
        (-200, -110),
    ),
    Slot(
        "pleniere",
        "Plénière : aller vers ceux qui ne viennent pas",
        "Comment rejoindre celles et ceux que le numérique éloigne de leurs droits ?",
        (-25, 65),
    ),
    Slot(
        "permanences",
        "Atelier : la permanence numérique en mairie",
        "Six tables, dont deux à distance, pour écrire le cahier des charges d’une permanence.",
        (150, 240),
    ),
)

CAST = {
    "ghjulia": ("Ghjulia Santoni", "facilitator", "hall"),
    "nadia": ("Nadia Leca", "note_taker", "remote"),
    "lisandru": ("Lisandru Casanova", "participant", "remote"),
    "chantal": ("Chantal Rocca", "participant", "hall"),
    "karim": ("Karim Benali", "participant", "remote"),
    "fatou": ("Fatou Diallo", "participant", "remote"),
    "jean": ("Jean-Noël Profizi", "participant", "hall"),
}

YOUTH = {
    "question": "Budget des jeunes : quels projets financer ?",
    "form": {
        "kind": "budget",
        "envelope": 300_000,
        "proposals": [
            {"title": "Skatepark couvert", "cost": 140_000, "commune": "Corte", "theme": "Sport"},
            {"title": "Studio mobile", "cost": 95_000, "commune": "Bastia", "theme": "Culture"},
            {"title": "Cafés des devoirs", "cost": 60_000, "commune": "Ajaccio", "theme": "École"},
            {"title": "Abris à vélos", "cost": 45_000, "commune": "Ajaccio", "theme": "Transports"},
            {"title": "Nuits du port", "cost": 80_000, "commune": "Calvi", "theme": "Culture"},
        ],
    },
}
CHARTER = {
    "question": "Adopter la charte de la participation ?",
    "form": {"kind": "yes_no", "abstain": True},
    "secrecy": "secret",
}
DAYS = {
    "question": "Classez les jours de permanence.",
    "form": {
        "kind": "ranking",
        "method": "runoff",
        "options": ["Mercredi après-midi", "Jeudi soir", "Samedi matin", "Dimanche matin"],
    },
}

BEFORE: Script = (
    ("ghjulia", "stage.go_live", {"source": STREAM}),
    ("chantal", "chat.post", {"text": "Bonjour d’Ajaccio, on vous entend bien dans la salle."}),
    ("fatou", "chat.post", {"text": "Bonjour, je suis à Bastia, l’image et le son sont bons."}),
    (
        "ghjulia",
        "polls.draft",
        {
            "plan": {
                "question": "Quel jour pour la permanence ?",
                "form": {
                    "kind": "single",
                    "options": ["Le mercredi après-midi", "Le jeudi soir", "Le samedi matin"],
                },
                "grace": 0,
            },
        },
    ),
    ("ghjulia", "polls.open", {"poll": "#"}),
    ("lisandru", "polls.vote", {"poll": "#", "version": 1, "answer": 2}),
    ("chantal", "polls.vote", {"poll": "#", "version": 1, "answer": 2}),
    ("karim", "polls.vote", {"poll": "#", "version": 1, "answer": 1}),
    ("fatou", "polls.vote", {"poll": "#", "version": 1, "answer": 2}),
    ("jean", "polls.vote", {"poll": "#", "version": 1, "answer": 0}),
    ("ghjulia", "polls.close", {"poll": "#"}),
    ("ghjulia", "polls.publish", {"poll": "#"}),
    ("karim", "chat.post", {"text": "Le samedi matin changerait tout pour ceux qui travaillent."}),
    (
        "nadia",
        "minutes.decide",
        {
            "words": "Tenir la permanence le samedi matin, à l’essai jusqu’à l’été.",
            "in_favour": 3,
            "against": 1,
            "abstained": 1,
        },
    ),
    (
        "nadia",
        "minutes.act",
        {"what": "Trouver une salle ouverte le samedi.", "who": "Chantal Rocca"},
    ),
    ("ghjulia", "stage.end", {}),
)
NOW: Script = (
    ("ghjulia", "stage.go_live", {"source": STREAM}),
    ("ghjulia", "agenda.add", {"title": "Aller vers celles et ceux qui ne viennent pas"}),
    ("ghjulia", "agenda.start", {"item": "#"}),
    ("ghjulia", "agenda.add", {"title": "Quatre projets, une enveloppe", "minutes": 30}),
    ("ghjulia", "agenda.add", {"title": "Questions de la salle et à distance", "minutes": 20}),
    (
        "lisandru",
        "chat.post",
        {"text": "Bonghjornu à tutti. À Corte la permanence du jeudi est pleine depuis mars."},
    ),
    ("chantal", "chat.post", {"text": "À Sarrola c’est la secrétaire qui le fait, entre deux."}),
    ("karim", "chat.post", {"text": "Douze mairies, lesquelles ? Y a-t-il une carte ?"}),
    ("jean", "chat.post", {"text": "On entend mal au fond, merci de parler près du micro."}),
    (
        "fatou",
        "questions.ask",
        {"text": "Qui accompagne les personnes qui ne lisent pas le français ?"},
    ),
    ("chantal", "questions.support", {"question": "#"}),
    ("karim", "questions.support", {"question": "#"}),
    ("lisandru", "questions.support", {"question": "#"}),
    (
        "jean",
        "questions.ask",
        {"text": "Que deviennent les ordinateurs après le collège ?", "anonymous": True},
    ),
    ("chantal", "questions.support", {"question": "#"}),
    (
        "ghjulia",
        "polls.draft",
        {
            "plan": {
                "question": "Quel projet financer en premier ?",
                "form": {
                    "kind": "single",
                    "options": [
                        "Fablab itinérant, vallée du Prunelli",
                        "Permanences dans douze mairies",
                        "Ordinateurs pour les collégiens",
                        "Formation des secrétaires de mairie",
                    ],
                },
            },
        },
    ),
    ("ghjulia", "polls.draft", {"plan": YOUTH}),
    ("ghjulia", "polls.draft", {"plan": CHARTER}),
    ("ghjulia", "polls.draft", {"plan": DAYS}),
)

MINUTES_BEFORE: Lines = (
    ("heading", "Ouverture"),
    ("paragraph", "Ghjulia Santoni ouvre la séance et salue la salle et les personnes à distance."),
    ("heading", "Ce que disent les ateliers"),
    (
        "paragraph",
        "Quatorze ateliers, quatre cents participants. Trois attentes reviennent partout.",
    ),
    ("item", "Quelqu’un à qui parler, et pas d’abord un écran."),
    ("item", "Des horaires pour celles et ceux qui travaillent."),
    ("item", "Un lieu que l’on connaît déjà : la mairie, la médiathèque."),
)
MINUTES_NOW: Lines = (
    ("heading", "Ouverture"),
    ("paragraph", "Maryse Ettori rappelle l’enveloppe de 120 000 € et la règle du vote."),
)


def seed(now: datetime | None = None) -> dict[str, Session]:
    """Make the demonstration if it is not there, and set its times around now. Returns its sessions
    by their short name. Existing talk, votes and minutes stay as they are."""
    at = (now or timezone.now()).replace(second=0, microsecond=0)
    day = demo_day()
    return {slot.slug: scheduled(day, slot, at) for slot in PROGRAMME}


def demo_day() -> Day:
    organiser, made = User.objects.get_or_create(
        username=ACCOUNT, defaults={"is_staff": True, "is_superuser": True}
    )
    if made:
        organiser.set_password(password())
        organiser.save()
    day, _ = Day.objects.get_or_create(
        slug=DAY,
        defaults={
            "title": "Assises de la médiation numérique",
            "place": "Ajaccio, Palais des congrès",
            "organiser": organiser,
        },
    )
    return day


def password() -> str:
    """The demonstration account's password: made once, kept beside the data."""
    kept = settings.DATA_DIR / "demo_password"
    if not kept.exists():
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(9))
    return str(kept.read_text())


def scheduled(day: Day, slot: Slot, at: datetime) -> Session:
    starts, ends = (at + timedelta(minutes=each) for each in slot.minutes)
    with transaction.atomic():
        session, made = Session.objects.update_or_create(
            slug=slot.slug,
            defaults={"starts": starts, "ends": ends},
            create_defaults={
                "day": day,
                "title": slot.title,
                "description": slot.description,
                "place": day.place,
                "language": Language.FRENCH,
                "stream": STREAM,
                "starts": starts,
                "ends": ends,
            },
        )
        if made:
            sessions.give_links(session)
    return session


async def play(hub: Hub, session: Session, script: Script, minutes: Lines) -> None:
    """Let the cast say and do what the script has, once."""
    async with hub.visit(session.slug) as visit:
        if visit.room.seq:
            return
        cast = {key: await seated(hub, session, *who) for key, who in CAST.items()}
        made = ""  # what "#" stands for: the last thing that was drafted or added
        for n, (who, name, fields) in zip(count(1), script, strict=False):
            ref = str(uuid5(NAMES, f"{session.slug}.{n}"))
            told = {key: made if value == "#" else value for key, value in fields.items()}
            await visit.room.submit(name, cast[who], ref, told)
            made = ref if name in ("polls.draft", "agenda.add", "questions.ask") else made
        document = await visit.document()
        await document.write(written(minutes), cast["nadia"].id)


async def seated(hub: Hub, session: Session, name: str, role: str, place: str) -> Person:
    make = database_sync_to_async(Seat.objects.create, thread_sensitive=False)
    seat = await make(session=session, name=name, role=role, place=place)
    person = await hub.person(session.slug, sessions.person(seat))
    assert person, "nobody has been removed yet"
    return person


def written(lines: Lines) -> bytes:
    """The update that writes these lines into empty minutes."""
    doc: Doc[Any] = Doc()
    root = doc.get("minutes", type=XmlFragment)
    with doc.transaction():
        items: XmlElement | None = None
        for kind, text in lines:
            if kind != "item":
                items = None
                block = root.children.append(XmlElement(kind))
                if kind == "heading":
                    block.attributes["level"] = 1.0  # a whole one would be a bigint in browsers
            else:
                items = items or root.children.append(XmlElement("bullet_list"))
                entry = items.children.append(XmlElement("list_item"))
                block = entry.children.append(XmlElement("paragraph"))
            block.children.append(XmlText(text))
    return doc.get_update()


async def tell(hub: Hub, made: dict[str, Session]) -> None:
    """Fill the rooms of the session that has ended and of the one that is live."""
    await play(hub, made["ouverture"], BEFORE, MINUTES_BEFORE)
    await play(hub, made["pleniere"], NOW, MINUTES_NOW)
    await hub.close()
    await asyncio.sleep(0)
