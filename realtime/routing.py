"""Where sockets knock."""

from __future__ import annotations

from django.urls import path, re_path

from realtime.consumer import MinutesConsumer, NowhereConsumer, RoomConsumer

websocket_urlpatterns = [
    path("rooms/<slug:slug>/live", RoomConsumer.as_asgi()),
    path("rooms/<slug:slug>/minutes", MinutesConsumer.as_asgi()),
    re_path("", NowhereConsumer.as_asgi()),
]
