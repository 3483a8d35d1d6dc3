"""Votes of an older log: they read as they did, after the migration."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps

from workshop import models
from workshop.archive import KINDS
from workshop.features.polls.poll import Ballot, Poll, Result
from workshop.records import Records, load

OLD = [
    {"polls.poll/p": {"id": "p", "question": "Day?", "options": ["We", "Sa"], "seq": 1}},
    {
        "polls.poll/p": {
            "id": "p", "question": "Day?", "options": ["We", "Sa"], "seq": 1,
            "status": "open", "opened_at": 2.0, "closed_at": 0,
        },
        "polls.tally/p": {"id": "p", "hall": [0, 0], "remote": [0, 0], "at": 2.0, "upto": 1},
        "polls.turnout/p": {"id": "p", "hall": 0, "remote": 0},
    },
    {
        "polls.ballot/p:ana": {
            "id": "p:ana", "poll": "p", "person": "ana", "place": "hall", "option": 1, "seq": 3,
        }
    },
    {
        "polls.result/p": {
            "id": "p", "votes": [5, 6], "hall": 5, "remote": 6, "split": [[5, 0], [0, 6]],
        }
    },
    {"polls.poll/q": None},
]  # fmt: skip


@pytest.mark.django_db
def test_an_older_log_reads_as_it_did():
    for seq, changes in enumerate(OLD, 1):
        fields = {"ref": f"c{seq}", "name": "polls.x", "by": "hal", "at": 1.0}
        models.Entry.objects.create(room="r", seq=seq, changes=changes, **fields)
    models.State.objects.create(room="r", seq=3, state=b"{}")
    migration = import_module("workshop.migrations.0006_plans_of_polls")
    migration.forwards(apps, None)
    migration.forwards(apps, None)  # what is as it should be stays

    records = Records()
    for entry in models.Entry.objects.order_by("seq"):
        records = records.fold(load(entry.changes, KINDS))
    poll, ballot = records.find(Poll, "p"), records.find(Ballot, "p:ana")
    result = records.find(Result, "p")
    assert (poll.plan.question, poll.plan.form.options, poll.status) == (
        "Day?",
        ["We", "Sa"],
        "open",
    )
    assert (ballot.channel, ballot.answer) == ("hall", 1)
    assert (result.outcome.votes, result.published) == ([5, 6], True)
    assert [part.outcome.votes for part in result.parts] == [[5, 0], [0, 6]]
    assert not models.State.objects.exists()
