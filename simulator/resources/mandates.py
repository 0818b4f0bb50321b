"""Mandates: what a bank account's owner agreed to before it is debited."""

from stripe.params import MandateRetrieveParams

from simulator.call import SECRET, Call, Route
from simulator.errors import Body, Refusal


def accept_mandate(call: Call, method: Body) -> str:
    """Note that the owner agreed; one mandate serves all later debits.

    Raises:
        Refusal: nobody agreed, neither now nor before.
    """
    agreed = call.params.get("mandate_data")
    if (known := method[SECRET].get("mandate")) is not None:
        return str(known)
    if not agreed:
        raise Refusal(
            "Missing required param: mandate_data. A bank debit needs its owner's agreement.",
            code="parameter_missing",
            param="mandate_data",
        )
    acceptance = {"accepted_at": call.now, **agreed["customer_acceptance"]}
    fields = {
        "customer_acceptance": acceptance,
        "multi_use": {},
        "payment_method": method["id"],
        "payment_method_details": {"type": "us_bank_account", "us_bank_account": {}},
        "status": "active",
        "type": "multi_use",
    }
    mandate = call.create("mandate", "mandate", fields)
    method[SECRET]["mandate"] = mandate["id"]
    call.turn.save(method)
    return str(mandate["id"])


def retrieve(call: Call) -> Body:
    """Return a mandate."""
    return call.find("mandate", call.path["mandate"])


ROUTES = (Route("GET", "/v1/mandates/{mandate}", MandateRetrieveParams, retrieve),)
