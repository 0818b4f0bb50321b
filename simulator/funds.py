"""The bank's own book: every change of a balance is a balance transaction, never changed again."""

from simulator.call import Call
from simulator.errors import Body, Refusal

DAY = 86_400
# What Stripe asks in the United States: stripe.com/pricing, and for disputes the same page.
CARD_FEE = (29, 1_000, 30)  # 2.9 % and 30 cents
DEBIT_FEE = (8, 1_000, 500)  # 0.8 %, at most 5 dollars
DISPUTE_FEE = 1_500
CATEGORY = {
    "adjustment": "dispute",
    "payment": "charge",
    "payment_refund": "refund",
    "payout_failure": "payout_reversal",
    "payment_failure_refund": "charge_failure",
    "transfer_refund": "transfer_reversal",
}


def charge_fee(amount: int, method: str) -> int:
    """Return what a payment costs, in minor units, half up."""
    share, base, cents = DEBIT_FEE if method == "us_bank_account" else CARD_FEE
    part = (amount * share * 2 + base) // (2 * base)
    return min(part, cents) if method == "us_bank_account" else part + cents


def enter(
    call: Call,
    kind: str,
    amount: int,
    *,
    source: str | None,
    currency: str,
    account: str | None = None,
    fee: int = 0,
    available_on: int | None = None,
    category: str | None = None,
    description: str | None = None,
) -> Body:
    """Change the balance of an account and return the balance transaction that says so."""
    detail = {"amount": fee, "application": None, "currency": currency, "type": "stripe_fee"}
    fields = {
        "amount": amount,
        "available_on": call.now if available_on is None else available_on,
        "balance_type": "payments",
        "currency": currency,
        "description": description,
        "exchange_rate": None,
        "fee": fee,
        "fee_details": [{**detail, "description": "Processing fees"}] if fee else [],
        "net": amount - fee,
        "reporting_category": category or CATEGORY.get(kind, kind),
        "source": source,
        "status": "pending",
        "type": kind,
    }
    return call.create("balance_transaction", "txn", fields, account=account)


def balance(call: Call, *, account: str | None = None) -> dict[str, tuple[int, int]]:
    """Return, by currency, what is available and what is still pending."""
    rows = call.turn.database.execute(
        """SELECT json_extract(body, '$.currency') AS currency,
                  SUM(CASE WHEN json_extract(body, '$.available_on') <= ?
                      THEN json_extract(body, '$.net') ELSE 0 END) AS available,
                  SUM(json_extract(body, '$.net')) AS total
           FROM object WHERE kind = 'balance_transaction' AND account = ?
           GROUP BY 1 ORDER BY 1""",
        [call.now, call.account if account is None else account],
    )
    return {row["currency"]: (row["available"], row["total"] - row["available"]) for row in rows}


def need(call: Call, amount: int, currency: str, *, account: str | None = None) -> None:
    """See that an account can spend so much.

    Raises:
        Refusal: it has less that is available.
    """
    available, _ = balance(call, account=account).get(currency, (0, 0))
    if available < amount:
        raise Refusal(
            "You have insufficient available funds in your Stripe account. In test mode, pay with"
            " the card 4000000000000077 to add funds that are available at once.",
            code="balance_insufficient",
        )


def as_of_now(call: Call, entry: Body) -> Body:
    """Return a balance transaction with the status that it has at this moment."""
    settled = entry["available_on"] <= call.now
    return {**entry, "status": "available" if settled else "pending"}
