"""Logging in, for organisers; nobody else has an account."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from workshop.views.throttle import Throttle, address

FAILED_LOGINS = Throttle("logins", limit=5, seconds=15 * 60)
FAILED_FROM = Throttle("logins-from", limit=50, seconds=60 * 60)
"""Whatever the names: each failure costs the server a password's hash."""


class Login(LoginView):
    """Django's own, which asks for patience after five failures."""

    template_name = "login.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST":
            for throttle, who in ((FAILED_LOGINS, self.who()), (FAILED_FROM, address(request))):
                if throttle.reached(who):
                    return throttle.answer(request)
        return super().dispatch(request, *args, **kwargs)

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        FAILED_LOGINS.note(self.who())
        FAILED_FROM.note(address(self.request))
        return super().form_invalid(form)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        FAILED_LOGINS.forget(self.who())
        return super().form_valid(form)

    def who(self) -> str:
        """A name tried from an address."""
        name = self.request.POST.get("username", "").casefold()
        return f"{address(self.request)}:{hashed(name)}"


def hashed(text: str) -> str:
    """The text as a short key, whatever somebody wrote."""
    return sha256(text.encode()).hexdigest()[:32]
