"""One call of the API, as those who answer it see it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from simulator import shapes
from simulator.deliveries import enqueue
from simulator.errors import PLATFORM, Body, Refusal, no_such
from simulator.store import Turn, new_id

VERSION = shapes.VERSION
# What the bank remembers of an object and does not tell.
SECRET = "_"  # noqa: S105 - the name of a field
MOST = 100
FEW = 10

Handler = Callable[["Call"], Body]
Deed = Callable[["Call", Body], object]


BOUNDS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<=", "is": "="}


class Params(dict[str, Any]):
    """The parameters of a call; it is known which of them nobody looked at."""

    def __init__(self, given: Body) -> None:
        super().__init__(given)
        self.unread = set(given) - {"expand"}

    def __getitem__(self, name: str) -> Any:
        self.unread.discard(name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        """Return a parameter, or what stands for it when it was not given."""
        self.unread.discard(name)
        return super().get(name, default)

    def some(self, *names: str) -> Body:
        """Return those of these parameters that were given."""
        return {name: self[name] for name in names if name in self}


@dataclass(frozen=True)
class Route:
    """A call that the API knows.

    Attributes:
        path: with `{names}` for the parts that vary.
        params: the class of the installed package that describes its parameters.
    """

    method: str
    path: str
    params: type
    handler: Handler


@dataclass
class Call:
    """A call on its way, inside one turn of the store."""

    turn: Turn
    params: Params
    path: dict[str, str] = field(default_factory=dict)
    account: str = PLATFORM
    base: str = ""
    request_id: str | None = None
    key: str | None = None

    @property
    def now(self) -> int:
        """Return the moment of the bank's clock."""
        return self.turn.now

    def find(self, kind: str, identifier: str, *, param: str = "id") -> Body:
        """Return an object of this account.

        Raises:
            Refusal: there is none.
        """
        found = self.turn.find(identifier, account=self.account)
        if found is None or found["object"] != kind:
            raise no_such(kind.replace("_", " ").replace(".", " "), identifier, param=param)
        return found

    def create(self, kind: str, prefix: str, fields: Body, *, account: str | None = None) -> Body:
        """Make an object of this account, or of another one, and keep it."""
        known = shapes.fields_of(kind)
        usual = {"created": self.now, "livemode": False}
        head = {name: value for name, value in usual.items() if name in known}
        body = shapes.complete({"id": new_id(prefix), "object": kind, **head, **fields})
        self.turn.insert(body, account=self.account if account is None else account)
        return body

    def page(self, kind: str, where: Body | None = None, *, url: str, more: str = "") -> Body:
        """Return the page of a list that `limit`, `starting_after` and the rest ask for."""
        limit = self.params.get("limit", FEW)
        if not 1 <= limit <= MOST:
            raise Refusal(f"Invalid limit: must be between 1 and {MOST}", param="limit")
        clauses, values = self._window(more)
        backwards = self.params.get("ending_before") is not None
        order = f"{clauses} ORDER BY seq {'ASC' if backwards else 'DESC'} LIMIT ?"
        found = self.turn.select(
            kind, account=self.account, where=where, more=order, values=(*values, limit + 1)
        )
        rows = found[:limit][::-1] if backwards else found[:limit]
        return {"object": "list", "data": rows, "has_more": len(found) > limit, "url": url}

    def _window(self, more: str) -> tuple[str, list[Any]]:
        """Return the conditions on age and place in the list, and their values."""
        clauses, values = more, list[Any]()
        for name, sign in (("starting_after", "<"), ("ending_before", ">")):
            if (cursor := self.params.get(name)) is not None:
                if self.turn.find(cursor, account=self.account) is None:
                    raise no_such("object", cursor, param=name)
                clauses += f" AND seq {sign} (SELECT seq FROM object WHERE id = ?)"  # noqa: S608
                values.append(cursor)
        created = self.params.get("created")
        bounds = created.items() if isinstance(created, dict) else [("is", created)]
        for name, moment in bounds if created is not None else ():
            clauses += f" AND created {BOUNDS[name]} ?"
            values.append(moment)
        return clauses, values

    def event(self, kind: str, body: Body, *, account: str | None = None, **before: Any) -> None:
        """Tell whoever listens that something happened, and what changed, as it was `before`."""
        owner = self.account if account is None else account
        data: Body = {"object": visible(body)}
        if before:
            data["previous_attributes"] = before
        asked = {"id": self.request_id, "idempotency_key": self.key}
        fields = {"type": kind, "data": data, "pending_webhooks": 0, "request": asked}
        fields["api_version"] = VERSION
        if owner != PLATFORM:
            fields["account"] = owner
        event = self.create("event", "evt", fields, account=owner)
        enqueue(self.turn, event)


def visible(value: Any) -> Any:
    """Return a value without what the bank keeps for itself."""
    if isinstance(value, dict):
        return {name: visible(inner) for name, inner in value.items() if name != SECRET}
    return [visible(inner) for inner in value] if isinstance(value, list) else value


def listed(rows: Iterable[Body], *, url: str) -> Body:
    """Return a whole list that stands inside another object."""
    return {"object": "list", "data": list(rows), "has_more": False, "url": url}
