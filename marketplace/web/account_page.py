"""What the account page shows."""

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from marketplace.accounts import Device
from marketplace.models import Role

# In this order: Edge and Opera call themselves Chrome too, and Chrome calls itself Safari.
_BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "Firefox": "Firefox",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
_SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "Linux": "Linux",
}


@dataclass(frozen=True)
class DeviceLine:
    """One signed-in browser."""

    id: UUID
    browser: str
    system: str
    is_phone: bool
    ip: str
    last_seen_at: datetime
    is_this: bool


@dataclass(frozen=True)
class AccountPage:
    """The account of whoever looks at it."""

    name: str
    email: str
    role: Role
    language: str
    theme: str
    devices: list[DeviceLine]


def device_lines(devices: list[Device], *, here: UUID) -> list[DeviceLine]:
    """Describe browsers in the words their owners know them by."""
    return [
        DeviceLine(
            id=device.id,
            browser=_named(device.user_agent, _BROWSERS),
            system=_named(device.user_agent, _SYSTEMS),
            is_phone=bool(re.search(r"iPhone|Android|Mobile", device.user_agent)),
            ip=device.ip,
            last_seen_at=device.last_seen_at,
            is_this=device.id == here,
        )
        for device in devices
    ]


def _named(user_agent: str, names: dict[str, str]) -> str:
    return next((name for sign, name in names.items() if sign in user_agent), "")
