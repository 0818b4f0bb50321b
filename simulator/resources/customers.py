"""Customers: whoever pays, with the ways of paying that they saved."""

from stripe.params import (
    CustomerCreateParams,
    CustomerDeleteParams,
    CustomerListParams,
    CustomerRetrieveParams,
    CustomerSearchParams,
    CustomerUpdateParams,
)

from simulator.call import Call, Route
from simulator.errors import Body
from simulator.resources.common import change, search

SIMPLE = ("address", "description", "email", "name", "phone", "shipping")


def create(call: Call) -> Body:
    """Note a new customer."""
    fields = {
        "balance": 0,
        "delinquent": False,
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
            **call.params.get("invoice_settings", {}),
        },
        "preferred_locales": call.params.get("preferred_locales", []),
        "metadata": call.params.get("metadata") or {},
        "tax_exempt": "none",
        **call.params.some(*SIMPLE),
    }
    customer = call.create("customer", "cus", fields)
    if (method := call.params.get("payment_method")) is not None:
        _attach(call, method, customer)
    call.event("customer.created", customer)
    return customer


def _attach(call: Call, method: str, customer: Body) -> None:
    from simulator.resources.payment_methods import attach_to, usable  # noqa: PLC0415 - a circle

    attach_to(call, usable(call, method), customer["id"])


def update(call: Call) -> Body:
    """Change what is known of a customer."""
    customer = call.find("customer", call.path["customer"])
    settings = {**customer["invoice_settings"], **call.params.get("invoice_settings", {})}
    change(call, customer, *SIMPLE, "preferred_locales", invoice_settings=settings)
    call.event("customer.updated", customer)
    return customer


def retrieve(call: Call) -> Body:
    """Return a customer."""
    return call.find("customer", call.path["customer"])


def delete(call: Call) -> Body:
    """Forget a customer, and let go of what they saved."""
    customer = call.find("customer", call.path["customer"])
    for method in call.turn.select(
        "payment_method", account=call.account, where={"customer": customer["id"]}
    ):
        call.turn.save({**method, "customer": None})
    call.turn.remove(customer["id"])
    call.event("customer.deleted", customer)
    return {"id": customer["id"], "object": "customer", "deleted": True}


def index(call: Call) -> Body:
    """List customers."""
    return call.page("customer", {"email": call.params.get("email")}, url="/v1/customers")


def find(call: Call) -> Body:
    """Search customers by what the query says."""
    return search(call, "customer", url="/v1/customers/search")


ROUTES = (
    Route("POST", "/v1/customers", CustomerCreateParams, create),
    Route("GET", "/v1/customers", CustomerListParams, index),
    Route("GET", "/v1/customers/search", CustomerSearchParams, find),
    Route("GET", "/v1/customers/{customer}", CustomerRetrieveParams, retrieve),
    Route("POST", "/v1/customers/{customer}", CustomerUpdateParams, update),
    Route("DELETE", "/v1/customers/{customer}", CustomerDeleteParams, delete),
)
