"""Times: how a moment is written in the language of the page."""

from __future__ import annotations

from datetime import date, datetime

from django import template
from django.utils.dateformat import format
from django.utils.formats import date_format
from django.utils.translation import gettext_noop, pgettext

register = template.Library()


@register.filter(expects_localtime=True)
def clock(moment: datetime) -> str:
    """9 h 00."""
    # Translators: how a time of day is written, in Django's date format signs.
    return format(moment, pgettext("time of day", "G:i"))


@register.filter(expects_localtime=True)
def longday(moment: date) -> str:
    """Wednesday 23 September 2026."""
    # Translators: how a date is written, in Django's date format signs.
    if moment.day == 1:
        # Translators: the same for the first of a month, which has a form of its own in French.
        return date_format(moment, pgettext("date, the first of a month", "l j F Y"))
    return date_format(moment, pgettext("date", "l j F Y"))


@register.filter(expects_localtime=True)
def daymonth(moment: date) -> str:
    """Wednesday 23 September."""
    # Translators: how a date is written without its year, in Django's date format signs.
    if moment.day == 1:
        return date_format(moment, pgettext("date without year, the first of a month", "l j F"))
    return date_format(moment, pgettext("date without year", "l j F"))


@register.filter(expects_localtime=True)
def shortday(moment: date) -> str:
    """Wednesday 23."""
    # Translators: how a day of the week and month is written, in Django's date format signs.
    return date_format(moment, pgettext("day", "l j"))


# Django knows these words in the languages it knows; Corsican is not among them.
DAYS = (
    gettext_noop("Monday"),
    gettext_noop("Tuesday"),
    gettext_noop("Wednesday"),
    gettext_noop("Thursday"),
    gettext_noop("Friday"),
    gettext_noop("Saturday"),
    gettext_noop("Sunday"),
)
MONTHS = (
    gettext_noop("January"),
    gettext_noop("February"),
    gettext_noop("March"),
    gettext_noop("April"),
    gettext_noop("May"),
    gettext_noop("June"),
    gettext_noop("July"),
    gettext_noop("August"),
    gettext_noop("September"),
    gettext_noop("October"),
    gettext_noop("November"),
    gettext_noop("December"),
)
