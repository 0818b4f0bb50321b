"""The demo bank as a WSGI application: the API, its pages, and the commands beside it."""

from flask import Blueprint, Flask, Request, Response, current_app, jsonify, request

from simulator import faults, shapes
from simulator.control import control
from simulator.engine import Asked, Reply, answer
from simulator.errors import PLATFORM, Refusal
from simulator.pages import pages
from simulator.seed import listen
from simulator.store import Store, new_id
from simulator.wire import read_form

KEY_PREFIXES = ("sk_test_", "rk_test_")
api = Blueprint("api", __name__)


def create_app(
    *,
    store: Store,
    public_url: str | None = None,
    webhook_url: str | None = None,
    webhook_secret: str | None = None,
    merchant: str = "Tessera",
    control_api: bool = True,
) -> Flask:
    """Build the demo bank; mount it wherever you like.

    Args:
        store: where it keeps what it knows.
        public_url: the address of its pages as a browser reaches them; by default, the address
            that it is called by.
        webhook_url: who is told of every event, of the platform and of connected accounts.
        webhook_secret: what those deliveries are signed with.
        merchant: the name of whoever is paid.
        control_api: whether it takes commands under `/_control`.
    """
    app = Flask("simulator", static_folder=None, template_folder="templates")
    app.extensions["store"] = store
    app.config["PUBLIC_URL"] = public_url
    app.config["MERCHANT"] = merchant
    if webhook_url is not None and webhook_secret is not None:
        listen(store, webhook_url, webhook_secret)
    app.register_blueprint(api)
    app.register_blueprint(pages)
    if control_api:
        app.register_blueprint(control)
    return app


def the_store() -> Store:
    """Return where the running application keeps what it knows."""
    found: Store = current_app.extensions["store"]
    return found


def public_address() -> str:
    """Return the address under which a browser reaches the bank's pages."""
    given: str | None = current_app.config["PUBLIC_URL"]
    return (given or request.url_root).rstrip("/")


@api.route("/v1/<path:rest>", methods=["GET", "POST", "DELETE"])
def call(rest: str) -> Response:
    """Answer a call of the API."""
    try:
        _check_caller(request)
        asked = Asked(
            request.method,
            f"/v1/{rest}",
            read_form(_pairs(request)),
            account=_account(request),
            key=request.headers.get("Idempotency-Key"),
            base=public_address(),
        )
    except Refusal as refusal:
        return _response(Reply(refusal.status, refusal.body), new_id("req"))
    reply, fault = answer(the_store(), asked)
    if fault is not None and fault.kind in ("timeout", "reset"):
        faults.hang_up(request.environ, fault)
        return Response(status=500)  # it reaches nobody
    return _response(reply, asked.request_id)


def _check_caller(given: Request) -> None:
    """See that the caller has a test key, and speaks the installed package's version.

    Raises:
        Refusal: they do not.
    """
    key = given.headers.get("Authorization", "").removeprefix("Bearer ")
    if not key.startswith(KEY_PREFIXES):
        raise Refusal("Invalid API Key provided: the demo bank takes sk_test_ keys.", status=401)
    version = given.headers.get("Stripe-Version", shapes.VERSION)
    if version != shapes.VERSION:
        raise Refusal(f"The demo bank speaks {shapes.VERSION} only, not {version}.")


def _pairs(given: Request) -> list[tuple[str, str]]:
    source = given.form if given.method == "POST" else given.args
    return list(source.items(multi=True))


def _account(given: Request) -> str:
    account = given.headers.get("Stripe-Account") or given.headers.get("Stripe-Context")
    return account or PLATFORM


def _response(reply: Reply, request_id: str) -> Response:
    response = jsonify(reply.body)
    response.status_code = reply.status
    response.headers["Request-Id"] = request_id
    response.headers["Stripe-Version"] = shapes.VERSION
    if reply.replayed:
        response.headers["Idempotent-Replayed"] = "true"
        if reply.status >= 500:  # noqa: PLR2004 - HTTP's own number
            response.headers["Stripe-Should-Retry"] = "false"
    return response
