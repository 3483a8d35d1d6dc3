"""Votes got forms, plans and outcomes: what the logs say of them is written as it is read now."""

from typing import Any

from django.db import migrations

Value = dict[str, Any]


def forwards(apps: Any, editor: Any) -> None:
    entries = apps.get_model("workshop", "Entry").objects
    for entry in entries.filter(name__startswith="polls.").iterator():
        changes = {key: renewed(key, value) for key, value in entry.changes.items()}
        changes = {key: value for key, value in changes.items() if not gone(key)}
        if changes != entry.changes:
            entries.filter(pk=entry.pk).update(changes=changes)
    apps.get_model("workshop", "State").objects.all().delete()  # a cache: made again from the log


def gone(key: str) -> bool:
    return key.startswith("polls.tally/")


def renewed(key: str, value: Value | None) -> Value | None:
    if value is None:
        return None
    return RENEW.get(key.partition("/")[0], dict)(dict(value))


def poll(value: Value) -> Value:
    if "plan" in value:
        return value
    form = {"kind": "single", "options": value.pop("options")}
    return value | {"plan": {"question": value.pop("question"), "form": form, "grace": 0}}


def ballot(value: Value) -> Value:
    if "option" in value:
        value["answer"], value["channel"] = value.pop("option"), value.pop("place")
    return value


def result(value: Value) -> Value:
    if "votes" not in value:
        return value
    votes, split = value.pop("votes"), value.pop("split")
    parts: list[Value] = []
    for n, name in enumerate(("hall", "remote")):
        counted = shares([each[n] for each in split]) if split else None
        parts.append({"name": name, "voters": value[name], "outcome": counted})
    nobody = {"kiosk": 0, "paper": 0, "entitled": 0, "sheets": [], "published": True}
    return value | {"outcome": shares(votes), "parts": parts} | nobody


def shares(votes: list[int]) -> Value:
    n = sum(votes)
    return {"shape": "shares", "voters": n, "method": "plurality", "votes": votes, "base": n}


RENEW = {"polls.poll": poll, "polls.ballot": ballot, "polls.result": result}


class Migration(migrations.Migration):
    dependencies = [("workshop", "0005_envelopes")]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
