"""What a demo bank knows from the beginning: who listens to its events."""

from simulator.call import SECRET, Call, Params
from simulator.errors import PLATFORM
from simulator.store import Store

LISTENERS = {"we_platform": False, "we_connected": True}


def listen(store: Store, url: str, secret: str) -> None:
    """Tell an address of every event, of the platform's and of connected accounts."""
    with store.turn() as turn:
        call = Call(turn, Params({}))
        for name, connect in LISTENERS.items():
            turn.remove(name)
            fields = {"enabled_events": ["*"], "metadata": {}, "status": "enabled", "url": url}
            hidden = {"connect": connect, "secret": secret}
            endpoint = call.create("webhook_endpoint", "we", {**fields, SECRET: hidden})
            turn.remove(endpoint["id"])
            turn.insert({**endpoint, "id": name}, account=PLATFORM)
