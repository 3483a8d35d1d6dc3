"""The chat of every Channels tutorial: each socket in a group, each message by `group_send`, over
the Redis pub/sub layer. Served by Daphne or by uvicorn; REDIS_URL says where Redis is."""

from __future__ import annotations

import os
from typing import Any

import django
from django.conf import settings
from django.urls import path

settings.configure(
    SECRET_KEY="of no use here",  # noqa: S106 - it keeps no secret
    ALLOWED_HOSTS=["127.0.0.1"],
    INSTALLED_APPS=["channels"],
    CHANNEL_LAYERS={
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [os.environ["REDIS_URL"]]},
        }
    },
    LOGGING_CONFIG=None,
)
django.setup()

from channels.generic.websocket import AsyncJsonWebsocketConsumer  # noqa: E402 - Django comes first
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402

ROOM = "room"


class Chat(AsyncJsonWebsocketConsumer):
    async def connect(self) -> None:
        await self.channel_layer.group_add(ROOM, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(ROOM, self.channel_name)

    async def receive_json(self, content: Any, **options: Any) -> None:
        await self.channel_layer.group_send(ROOM, {"type": "chat.message", "content": content})

    async def chat_message(self, event: dict[str, Any]) -> None:
        await self.send_json(event["content"])


application = ProtocolTypeRouter({"websocket": URLRouter([path("", Chat.as_asgi())])})
