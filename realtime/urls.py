"""All addresses: the pages, and the room's door over plain HTTP."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from realtime import health, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("rooms/<slug:slug>/changes", views.changes, name="changes"),
    path("rooms/<slug:slug>/ask", views.ask, name="ask"),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
    path("", include("workshop.urls")),
]
