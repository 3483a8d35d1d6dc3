"""Refusals: what the room's codes mean, in the words that the scripts use too."""

from __future__ import annotations

import re

from django import template
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString

register = template.Library()

SENTENCE = re.compile(r'<p data-code="([^"]+)">(.*?)</p>')


@register.simple_tag
def refusal(code: str) -> SafeString:
    """`{% refusal "not-open" %}`: the sentence of templates/room/refusals.html."""
    words: dict[str, str] = dict(SENTENCE.findall(render_to_string("room/refusals.html")))
    said = words.get(code) or words["*"].replace("{code}", escape(code))
    return SafeString(said)
