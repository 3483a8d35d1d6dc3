"""Where the database is asked: in threads, whose connections stay open.

Channels' `database_sync_to_async` does the same with three times the work around it, and by default
puts every question of the process into one thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar, TypeVarTuple

from django.db import close_old_connections

Ts = TypeVarTuple("Ts")
T = TypeVar("T")


async def in_thread(function: Callable[[*Ts], T], *arguments: *Ts) -> T:
    """Call a function that asks the database."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(None, ask, function, arguments)


def ask(function: Callable[[*Ts], T], arguments: tuple[*Ts]) -> T:
    close_old_connections()
    try:
        return function(*arguments)
    finally:
        close_old_connections()
