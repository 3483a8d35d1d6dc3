"""Where sockets knock."""

from __future__ import annotations

from django.urls import path

from realtime.consumer import RoomConsumer

websocket_urlpatterns = [path("rooms/<slug:slug>/live", RoomConsumer.as_asgi())]
