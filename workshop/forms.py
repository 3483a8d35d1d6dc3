"""The forms: what people may write in them, and what they are told when it will not do."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workshop import sessions
from workshop.erasure import Erasure
from workshop.features.people.rules import Axis
from workshop.models import Day, Place, Seat, Session
from workshop.votes import plans

LARGEST_FILE = 1_000_000  # bytes: with its form around it, it stays below LIMITS["body"]
UNREADABLE = {
    "not-this-kind": _("This is no Word or Markdown file that can be read here."),
    "too-big": _("This file is too large, or holds too much."),
}
UNSEEN = ("Cc", "Cf")  # control and format signs: they let one name pass for another


class SeatForm(forms.Form):
    """A name and a place: what it takes to sit down."""

    name = forms.CharField(
        label=_("Your name or a pseudonym"),
        max_length=60,
        error_messages={"required": _("Write a name: yours or a pseudonym.")},
    )
    place = forms.ChoiceField(
        label=_("Where are you?"),
        choices=Place.choices,
        error_messages={"required": _("Say where you are.")},
    )

    def clean_name(self) -> str:
        name = visible(self.cleaned_data["name"])[:60]  # some letters are written with more signs
        if not any(sign.isalnum() for sign in name):
            raise ValidationError(_("A name has at least one letter or figure."))
        return name


class JoinForm(SeatForm):
    """The way in for everyone: the session's code, then a name, a place, and in which groups one is
    where the session asks everybody that."""

    code = forms.CharField(
        label=_("Code of the session"),
        max_length=16,
        error_messages={"required": _("Write the code of the session.")},
    )
    field_order = ("code", "name", "place")

    def __init__(self, *args: Any, session: Session | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.session = session
        axes = sessions.axes_of(session) if session else []
        self.axes = {f"group-{each.id}": each for each in axes if each.declared == "self"}
        self.fields |= {name: group_field(axis) for name, axis in self.axes.items()}

    @property
    def group_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.axes]

    @property
    def asks_more(self) -> bool:
        """Whether the form was sent before it could ask this: the code tells what to ask."""
        return self.is_bound and not self.axes.keys() <= self.data.keys()

    @property
    def groups(self) -> list[str]:
        said = [(axis.id, self.cleaned_data[name]) for name, axis in self.axes.items()]
        return [f"{axis}:{value}" for axis, value in said if value]

    def clean_code(self) -> str:
        if self.session is None:
            raise ValidationError(_("No session has this code, or its doors are closed."))
        return self.session.code


def group_field(axis: Axis) -> forms.ChoiceField:
    """Where someone belongs on this axis, or nothing: it is for them to say."""
    choices = [("", _("I would rather not say")), *((each, each) for each in axis.values)]
    help_text = (
        _("“%(values)s”: a parent has to consent before you vote in the votes of this group.")
        % {"values": "”, “".join(axis.consent)}
        if axis.consent
        else ""
    )
    return forms.ChoiceField(label=axis.name, choices=choices, required=False, help_text=help_text)


class DayForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Day
        fields = ("title", "place")
        labels = {"title": _("Title"), "place": _("Place")}


class SessionForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Session
        fields = ("title", "starts", "ends", "place", "description", "language", "stream")
        labels = {
            "title": _("Title"),
            "starts": _("Starts"),
            "ends": _("Ends"),
            "place": _("Place"),
            "description": _("Description"),
            "language": _("Language of the session"),
            "stream": _("Name of the broadcast"),
        }
        help_texts = {
            "place": _("If it is not the day’s own place."),
            "stream": _("As the encoder sends it. Leave empty if there is no picture."),
        }
        widgets = {
            "description": forms.Textarea({"rows": 5}),
            "stream": forms.TextInput({"autocapitalize": "none"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("starts", "ends"):
            self.fields[name] = forms.DateTimeField(
                label=self.fields[name].label, widget=moment(), input_formats=MOMENTS
            )

    def clean_stream(self) -> str:
        """As going live will ask for it."""
        stream = str(self.cleaned_data["stream"]).lower()
        if stream and not SOURCE.fullmatch(stream):
            raise ValidationError(_("Letters without accents, figures and hyphens only."))
        return stream

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        starts, ends = cleaned.get("starts"), cleaned.get("ends")
        if starts and ends and ends <= starts:
            self.add_error("ends", _("The session has to end after it starts."))
        return cleaned


class AxisForm(forms.Form):
    """By what people are grouped: a name and its groups, one a line."""

    name = forms.CharField(
        label=_("What people are grouped by"),
        max_length=40,
        help_text=_("“Commune”, “Age”, “College”: as people read it when they join."),
    )
    values = forms.CharField(
        label=_("The groups, one a line"),
        max_length=5000,
        widget=forms.Textarea({"rows": 6}),
        help_text=_("From 2 to 50 groups, of up to 40 signs each."),
    )
    declared = forms.ChoiceField(
        label=_("Who says in which group somebody is"),
        choices=[("self", _("Everyone for themselves")), ("staff", _("The facilitators"))],
        help_text=_("Everyone is asked when they join, and may leave it."),
    )
    consent = forms.CharField(
        label=_("Groups that need a parent’s consent, one a line"),
        required=False,
        max_length=5000,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("“Under 15”: whoever is in it votes when a facilitator has noted the consent."),
    )

    def clean_values(self) -> list[str]:
        values = lines(self.cleaned_data["values"])
        if not 2 <= len(values) <= 50 or any(len(each) > 40 for each in values):
            raise ValidationError(_("From 2 to 50 groups, of up to 40 signs each."))
        if len({each.casefold() for each in values}) < len(values):
            raise ValidationError(_("Two groups are the same."))
        return values

    def clean_consent(self) -> list[str]:
        consent = lines(self.cleaned_data["consent"])
        if not set(consent) <= set(self.cleaned_data.get("values", consent)):
            raise ValidationError(_("Write them as they stand among the groups."))
        return consent


class ErasureForm(forms.Form):
    """What is to be taken out of everything that is stored of a session."""

    words = forms.CharField(
        label=_("Words to be taken out"),
        required=False,
        max_length=200,
        min_length=2,
        help_text=_("Wherever they stand, in capitals or not: a name, an address, a sentence."),
    )
    person = forms.ModelChoiceField(
        Seat.objects.none(),
        label=_("Somebody to be taken out"),
        required=False,
        empty_label=_("Nobody"),
        help_text=_("Their name, wherever it stands, and everything they wrote in the chat."),
    )
    sure = forms.BooleanField(
        label=_("I have understood that this cannot be undone."),
        error_messages={"required": _("Tick the box to go on.")},
    )

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ModelChoiceField, self.fields["person"])  # type: ignore[type-arg]
        field.queryset = session.seats.order_by("name")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not cleaned.get("words") and not cleaned.get("person"):
            self.add_error("words", _("Say what or who is to be taken out."))
        return cleaned

    @property
    def erasure(self) -> Erasure:
        words, seat = self.cleaned_data["words"], self.cleaned_data["person"]
        return Erasure(words, str(seat.pk), seat.name) if seat else Erasure(words)


SOURCE = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
MOMENT = "%Y-%m-%dT%H:%M"
MOMENTS = [MOMENT, "%Y-%m-%dT%H:%M:%S"]


def moment() -> forms.DateTimeInput:
    """A date and a time, as browsers ask for them."""
    return forms.DateTimeInput({"type": "datetime-local"}, format=MOMENT)


def next_hour(now: datetime) -> dict[str, datetime]:
    """When a session would start and end if it were soon: the next full hour, for one hour."""
    starts = timezone.localtime(now).replace(minute=0, second=0, microsecond=0)
    starts += timedelta(hours=1)
    return {"starts": starts, "ends": starts + timedelta(hours=1)}


def lines(text: str) -> list[str]:
    """The lines in which something stands, tidied."""
    return [tidied for each in text.splitlines() if (tidied := visible(each))]


def visible(text: str) -> str:
    """The text without unseen signs, with single spaces, and each letter written in one way."""
    seen = (" " if s.isspace() else s for s in text)
    kept = (s for s in seen if unicodedata.category(s) not in UNSEEN)
    return unicodedata.normalize("NFC", " ".join("".join(kept).split()))


class ImportForm(forms.Form):
    """A file whose text is to be put into the minutes."""

    file = forms.FileField(
        label=_("A file: Word (.docx) or Markdown (.md), up to 1 MB"),
        widget=forms.FileInput(attrs={"accept": ".docx,.md,.markdown"}),
        error_messages={"required": _("Choose a file.")},
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise ValidationError(UNREADABLE["too-big"])
        return file

    def explain(self, code: str) -> None:
        """Say why the file could not be taken in."""
        self.add_error("file", UNREADABLE[code])


class PlansForm(forms.Form):
    """A file of plans of votes."""

    file = forms.FileField(
        label=_("A file of plans (.json), up to 1 MB"),
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
        error_messages={"required": _("Choose a file.")},
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > plans.LARGEST_FILE:
            raise ValidationError(UNREADABLE["too-big"])
        return file


class CopyPlansForm(forms.Form):
    """Another session, whose plans are to be drafted here too."""

    session = forms.ModelChoiceField(
        Session.objects.none(), label=_("Session"), to_field_name="slug", empty_label=None
    )

    def __init__(self, *args: Any, sessions: QuerySet[Session], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["session"]).queryset = sessions  # type: ignore[type-arg]
