"""The room as a page has it: asked past the forms, where they are not what a story is about."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Page

ASK = """async ([command, fields]) => {
  const ref = crypto.randomUUID()
  await document.querySelector("room-socket").room.do(command, fields, { ref })
  return ref
}"""


async def ask(page: Page, command: str, **fields: Any) -> str:
    """What the forms of this page would ask of the room; of what it made, the id."""
    return str(await page.evaluate(ASK, [command, fields]))
