"""Webhook endpoints: the addresses that want to hear of events."""

from stripe.params import (
    WebhookEndpointCreateParams,
    WebhookEndpointDeleteParams,
    WebhookEndpointListParams,
    WebhookEndpointRetrieveParams,
    WebhookEndpointUpdateParams,
)

from simulator.call import SECRET, Call, Route
from simulator.errors import Body
from simulator.resources.common import change
from simulator.store import new_id


def create(call: Call) -> Body:
    """Note an address; only this answer tells the secret that its deliveries are signed with."""
    hidden = {"connect": call.params.get("connect", False), "secret": new_id("whsec")}
    fields = {
        "description": call.params.get("description") or None,
        "enabled_events": call.params["enabled_events"],
        "metadata": call.params.get("metadata") or {},
        "status": "enabled",
        "url": call.params["url"],
        "api_version": call.params.get("api_version"),
        SECRET: hidden,
    }
    endpoint = call.create("webhook_endpoint", "we", fields)
    return {**endpoint, "secret": hidden["secret"]}


def retrieve(call: Call) -> Body:
    """Return an endpoint."""
    return call.find("webhook_endpoint", call.path["webhook_endpoint"])


def update(call: Call) -> Body:
    """Change an endpoint, or switch it off."""
    endpoint = call.find("webhook_endpoint", call.path["webhook_endpoint"])
    status = "disabled" if call.params.get("disabled", endpoint["status"] == "disabled") else ""
    change(call, endpoint, "description", "enabled_events", "url", status=status or "enabled")
    return endpoint


def delete(call: Call) -> Body:
    """Forget an endpoint."""
    endpoint = call.find("webhook_endpoint", call.path["webhook_endpoint"])
    call.turn.remove(endpoint["id"])
    return {"id": endpoint["id"], "object": "webhook_endpoint", "deleted": True}


def index(call: Call) -> Body:
    """List endpoints."""
    return call.page("webhook_endpoint", url="/v1/webhook_endpoints")


PLACE = "/v1/webhook_endpoints"
ONE = f"{PLACE}/{{webhook_endpoint}}"
ROUTES = (
    Route("POST", PLACE, WebhookEndpointCreateParams, create),
    Route("GET", PLACE, WebhookEndpointListParams, index),
    Route("GET", ONE, WebhookEndpointRetrieveParams, retrieve),
    Route("POST", ONE, WebhookEndpointUpdateParams, update),
    Route("DELETE", ONE, WebhookEndpointDeleteParams, delete),
)
