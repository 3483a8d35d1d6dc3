"""Icons: symbols of static/icons.svg, for sighted readers only; the words stand beside them."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from workshop.templatetags.assets import asset

register = template.Library()


@register.simple_tag
def icon(name: str, kind: str = "") -> SafeString:
    """`{% icon "send" %}`, or with a class more: `{% icon "loader" "spin" %}`."""
    return format_html(
        '<svg class="{}" width="20" height="20" aria-hidden="true"><use href="{}#i-{}"/></svg>',
        f"icon {kind}".strip(),
        asset("icons.svg"),
        name,
    )
