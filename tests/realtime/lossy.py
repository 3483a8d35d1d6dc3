"""The application on a bus that loses and holds back messages at random. SEED says which."""

from __future__ import annotations

import os
import random

from channels.layers import get_channel_layer

from realtime.asgi import make_application, make_hub
from realtime.bus import ChannelsBus, Message


class LossyBus(ChannelsBus):
    """Loses a third of everything and tells another third late, behind what came after it."""

    chance = random.Random(int(os.environ.get("SEED", "1")))
    held: Message | None = None

    async def publish(self, message: Message) -> None:
        match self.chance.randrange(3):
            case 0:
                return
            case 1 if self.held is None:
                self.held = message
                return
        await super().publish(message)
        if held := self.held:
            self.held = None
            await super().publish(held)


application = make_application(make_hub(LossyBus(get_channel_layer())))
