"""How moments are written."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils.translation import override

from workshop.templatetags.times import daymonth, longday


@pytest.mark.parametrize(
    ("language", "first", "second"),
    [
        ("fr", "mardi 1er décembre", "mercredi 2 décembre"),
        ("co", "marti 1u dicembre", "mercuri 2 dicembre"),
        ("en", "Tuesday 1 December", "Wednesday 2 December"),
    ],
)
def test_the_first_of_a_month_has_a_form_of_its_own(language, first, second):
    with override(language):
        assert [daymonth(date(2026, 12, day)) for day in (1, 2)] == [first, second]
        assert longday(date(2026, 12, 1)) == f"{first} 2026"
