"""What the installed `stripe` package knows: the parameters of a call, the fields of an answer.

Nothing here is written down by hand. An upgrade of `stripe` that renames, drops or narrows
something shows at once, in every test that uses it.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache
from importlib import import_module
from inspect import get_annotations
from types import UnionType
from typing import (
    Any,
    ForwardRef,
    Literal,
    NotRequired,
    Required,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from stripe import RequestOptions, StripeObject
from stripe._api_version import _ApiVersion
from stripe._object_classes import OBJECT_CLASSES
from stripe._stripe_object import UntypedStripeObject
from typing_extensions import is_typeddict

from simulator.errors import Body, InvalidParams

VERSION: str = _ApiVersion.CURRENT

# They travel as headers, not as parameters.
OPTIONS = frozenset(RequestOptions.__annotations__)
# What the options' own module imports and the modules of the parameters do not.
ELSEWHERE = {"StripeContext": str, "Mapping": Mapping}
WRAPPERS = (NotRequired, Required)
SCALARS = (int, float, Decimal, datetime, bool)
WHOLE = (int, datetime)
# The package reads them of a list or of what was found without writing them down.
STANDING = ("object", "url")
WORDS = {"true": True, "false": False}


def read_params(shape: type, given: Body) -> Body:
    """Turn the words of a request into the values that its `*Params` class describes.

    Raises:
        InvalidParams: something is unknown, missing, or of the wrong kind.
    """
    known = {name: kind for name, kind in _params(shape).items() if name not in OPTIONS}
    return _typed_dict(known, given, "")


@cache
def _params(shape: type) -> dict[str, Any]:
    return get_type_hints(shape, localns=ELSEWHERE, include_extras=True)


def _typed_dict(known: dict[str, Any], given: Body, path: str) -> Body:
    for name in given:
        if name not in known:
            raise InvalidParams(
                f"Received unknown parameter: {_at(path, name)}",
                code="parameter_unknown",
                param=_at(path, name),
            )
    for name, kind in known.items():
        if name not in given and get_origin(kind) is not NotRequired:
            raise InvalidParams(
                f"Missing required param: {_at(path, name)}.",
                code="parameter_missing",
                param=_at(path, name),
            )
    return {name: _value(known[name], value, _at(path, name)) for name, value in given.items()}


def _at(path: str, name: str) -> str:
    return f"{path}[{name}]" if path else name


def _value(kind: Any, given: Any, path: str) -> Any:
    options = list(_options(kind))
    if isinstance(given, str):
        return _word(options, given, path)
    troubles = []
    for option in options:
        try:
            return _nested(option, given, path)
        except InvalidParams as trouble:
            troubles.append(trouble)
    raise troubles[-1]


def _options(kind: Any) -> Iterator[Any]:
    """Yield what a parameter may be, without the wrappers around it."""
    origin = get_origin(kind)
    if origin in WRAPPERS:
        yield from _options(get_args(kind)[0])
    elif origin in (Union, UnionType):
        for part in get_args(kind):
            yield from _options(part)
    else:
        yield kind


def _word(options: list[Any], given: str, path: str) -> Any:
    literals = [word for kind in options if get_origin(kind) is Literal for word in get_args(kind)]
    if given in literals:
        return given
    for kind in SCALARS:
        if kind in options:
            return _scalar(kind, given, path)
    # The types say `Literal[...] | str` for an enumeration that may grow; Stripe itself refuses.
    if any(literals):
        raise InvalidParams(
            f"Invalid {path}: must be one of {', '.join(map(str, literals))}", param=path
        )
    if str not in options or not given:
        code = "parameter_invalid_empty" if not given else None
        raise InvalidParams(f"Invalid value for {path}: '{given}'", code=code, param=path)
    return given


def _scalar(kind: type, given: str, path: str) -> Any:
    try:
        if kind is bool:
            return WORDS[given]
        return int(given) if kind in WHOLE else kind(given)
    except (ValueError, ArithmeticError, KeyError):
        noun = {bool: "boolean", int: "integer", datetime: "timestamp"}.get(kind, "decimal")
        raise InvalidParams(
            f"Invalid {noun}: {given}", code=f"parameter_invalid_{noun}", param=path
        ) from None


def _nested(kind: Any, given: Body, path: str) -> Any:
    if is_typeddict(kind):
        return _typed_dict(_params(kind), given, path)
    if get_origin(kind) is list:
        return _list(get_args(kind)[0], given, path)
    if get_origin(kind) is dict or get_origin(kind) is UntypedStripeObject:
        return _hash(get_args(kind)[-1], given, path)
    raise InvalidParams(f"Invalid object for {path}", param=path)


def _hash(kind: Any, given: Body, path: str) -> Body:
    """Read a hash with keys of the caller's own; an empty value takes its key away."""
    return {
        name: value if value == "" else _value(kind, value, _at(path, name))
        for name, value in given.items()
    }


def _list(kind: Any, given: Body, path: str) -> list[Any]:
    if not all(name.isdecimal() for name in given):
        raise InvalidParams(f"Invalid array for {path}", param=path)
    return [_value(kind, given[name], _at(path, name)) for name in sorted(given, key=int)]


def complete(body: Body) -> Body:
    """Add, as null, what an object of this kind could say and does not."""
    fields = fields_of(body["object"])
    empty = {name: None for name, kind in fields.items() if _is_optional(kind)}
    empty.pop("deleted", None)
    return {**empty, **body}


def nested(name: str, field: str) -> Body:
    """Return, as null, what the hash in a field of an object could say."""
    kinds = [kind for kind in _options(fields_of(name)[field]) if isinstance(kind, type)]
    shape = next(kind for kind in kinds if issubclass(kind, StripeObject))
    return {inner: None for inner, kind in _fields(shape).items() if _is_optional(kind)}


def problems(value: Any, kind: Any = None, path: str = "") -> Iterator[str]:
    """Yield in what an answer differs from what the package's resource classes know."""
    if isinstance(value, list):
        for number, item in enumerate(value):
            inner = next((get_args(k)[0] for k in _candidates(kind) if get_origin(k) is list), None)
            yield from problems(item, inner, f"{path}[{number}]")
    elif isinstance(value, dict):
        yield from _object_problems(value, kind, path)
    else:
        literals = [w for k in _candidates(kind) if get_origin(k) is Literal for w in get_args(k)]
        if literals and value is not None and value not in literals:
            yield f"{path} is {value!r}, not one of {literals}"


def _object_problems(value: Body, kind: Any, path: str) -> Iterator[str]:
    shape = _shape(value, kind)
    if shape is None:
        yield f"{path} is an object, which is not known of it"
        return
    if issubclass(shape, UntypedStripeObject):
        return
    known = _fields(shape)
    path = path or str(value.get("object", ""))
    for name, inner in value.items():
        if name in STANDING and shape.__name__.endswith("Object"):
            continue
        if name not in known:
            yield f"{path}.{name} is not known of {shape.__qualname__}"
        else:
            yield from problems(inner, known[name], f"{path}.{name}")
    for name, field in known.items():
        if name not in value and not _is_optional(field) and not value.get("deleted"):
            yield f"{path}.{name} is missing from {shape.__qualname__}"


def _shape(value: Body, kind: Any) -> type[StripeObject] | None:
    name = value.get("object")
    if isinstance(name, str) and name in OBJECT_CLASSES:
        return resource(name)
    for option in _candidates(kind):
        found = get_origin(option) or option
        if isinstance(found, type) and issubclass(found, StripeObject):
            return found
    return None


def resource(name: str) -> type[StripeObject]:
    """Return the class that the package makes of an object of this name."""
    module, noun = OBJECT_CLASSES[name]
    found: type[StripeObject] = getattr(import_module(module), noun)
    return found


def fields_of(name: str) -> dict[str, Any]:
    """Return the fields of an object of this name, and what each may hold."""
    return _fields(resource(name))


def _fields(shape: Any) -> dict[str, Any]:
    """Return the fields of a class; mypy holds that its classes have no hash."""
    return _read_fields(shape)


@cache
def _read_fields(shape: Any) -> dict[str, Any]:
    lines = [get_annotations(part) for part in reversed(shape.__mro__)]
    known = {name: kind for line in lines for name, kind in line.items()}
    return {
        name: kind
        for name, kind in known.items()
        if not name.startswith("_") and name not in {"OBJECT_NAME", "TestHelpers"}
    }


def _candidates(kind: Any) -> list[Any]:
    return [] if kind is None else list(_options(kind))


def _is_optional(kind: Any) -> bool:
    return type(None) in get_args(kind)


def may_expand(name: str, field: str) -> bool:
    """Say whether a field holds an id that can be replaced by the object itself."""
    return any(isinstance(kind, ForwardRef) for kind in get_args(fields_of(name).get(field)))
