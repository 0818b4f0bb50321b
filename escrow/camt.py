"""Bank lines in ISO 20022 camt.053, versions 001.02 and 001.08.

A statement's opening balance and its booked entries must come to its closing balance. Of an entry
that the bank itemises, and whose items come to its amount, each item is a line. What is pending or
for information only is left out. An entry's direction is that of the money, also in a reversal:
a credit that reverses is a debit taken back.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from escrow.bank_file import BankFile, BankLine, Closing, currency_of, refused
from escrow.xml_tree import Node, read_tree
from kernel import Money, UnusableAmount

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001."
VERSIONS = ("02", "08")
OPENING, CLOSING = ("OPBD", "PRCD"), ("CLBD",)
SIGNS = {"CRDT": 1, "DBIT": -1}
NAMED = ("EndToEndId", "PmtInfId", "InstrId", "TxId", "MsgId")
UNNAMED = {"", "NOTPROVIDED", "NONREF"}


def read_camt(body: bytes) -> BankFile:
    """Read the statements of a file.

    Raises:
        FileNotReadable: it is no camt.053 of a known version, or does not add up.
    """
    root = read_tree(body)
    version = root.space.removeprefix(NAMESPACE)
    if root.name != "Document" or version not in VERSIONS:
        known = " or ".join(f"camt.053.001.{each}" for each in VERSIONS)
        raise refused(f"it is not {known}, but {root.space or root.name}")
    statements = [each for found in root.all("BkToCstmrStmt") for each in found.all("Stmt")]
    if not statements:
        raise refused("it holds no statement")
    lines: list[BankLine] = []
    closings: list[Closing] = []
    for statement in statements:
        booked, closing = _statement(statement)
        lines += booked
        closings.append(closing)
    return BankFile(f"camt.053.001.{version}", tuple(lines), tuple(closings))


def _statement(statement: Node) -> tuple[list[BankLine], Closing]:
    account = _account(statement)
    opening, _day = _balance(statement, OPENING)
    closing, day = _balance(statement, CLOSING)
    lines: list[BankLine] = []
    held = opening
    for entry in statement.all("Ntry"):
        if entry.text("Sts") or entry.text("Sts", "Cd"):
            status = entry.text("Sts", "Cd") or entry.text("Sts")
            if status != "BOOK":
                continue
        amount = _amount(entry)
        if amount.currency is not held.currency:
            raise refused(f"{_at(entry)}: the account is in {held.currency}")
        held += amount
        lines += _lines(account, entry, amount)
    if held != closing:
        raise refused(
            f"statement {statement.text('Id')}: it closes with {closing}, but {opening} and its"
            f" entries make {held}"
        )
    return lines, Closing(account, day, closing)


def _account(statement: Node) -> str:
    number = statement.text("Acct", "Id", "IBAN") or statement.text("Acct", "Id", "Othr", "Id")
    if not number:
        raise refused(f"{_at(statement)}: the account has no number")
    return number[:64]


def _balance(statement: Node, codes: tuple[str, ...]) -> tuple[Money, date]:
    for code in codes:
        for balance in statement.all("Bal"):
            if balance.text("Tp", "CdOrPrtry", "Cd") == code:
                return _amount(balance), _day(balance, "Dt")
    raise refused(f"{_at(statement)}: there is no balance {' or '.join(codes)}")


def _lines(account: str, entry: Node, amount: Money) -> Iterator[BankLine]:
    booked = _day(entry, "BookgDt")
    value = _day(entry, "ValDt") if entry.first("ValDt") else booked
    own = entry.text("AcctSvcrRef") or entry.text("NtryRef")
    items = [item for details in entry.all("NtryDtls") for item in details.all("TxDtls")]
    amounts = _item_amounts(items, amount)
    whole = BankLine(
        account=account,
        amount=amount,
        booked_on=booked,
        value_on=value,
        bank_reference=own[:200],
        is_reversal=entry.text("RvslInd") in {"true", "1"},
    )
    if amounts is None:
        yield _worded(whole, entry, items)
        return
    for number, (item, part) in enumerate(zip(items, amounts, strict=True), start=1):
        name = f"{own[:190]}/{number}" if own and len(items) > 1 else own[:200]
        yield _worded(replace(whole, amount=part, bank_reference=name), entry, [item])


def _item_amounts(items: list[Node], whole: Money) -> list[Money] | None:
    """Return what each item came to, if all of them say it and it is the whole."""
    found = [_item_amount(item, whole) for item in items]
    amounts = [amount for amount in found if amount is not None]
    if not items or len(amounts) < len(items):
        return None
    return amounts if sum(each.minor for each in amounts) == whole.minor else None


def _item_amount(item: Node, whole: Money) -> Money | None:
    amount = item.first("Amt") or item.first("AmtDtls", "TxAmt", "Amt")
    if amount is None or amount.attributes.get("Ccy") != whole.currency:
        return None
    sign = SIGNS.get(item.text("CdtDbtInd"), 1 if whole.minor > 0 else -1)
    return _money(amount) * sign


def _worded(line: BankLine, entry: Node, items: list[Node]) -> BankLine:
    """Add to a line what its entry, or its items, say of references, people and purpose."""
    references = [text for item in items for text in _references(item)]
    texts = [
        each.content for item in items for info in item.all("RmtInf") for each in info.all("Ustrd")
    ]
    people = [text for item in items for text in _people(item)]
    return replace(
        line,
        reference=" ".join(dict.fromkeys(references))[:200],
        counterparty=" ".join(dict.fromkeys(people))[:200],
        text=(" ".join(texts) or entry.text("AddtlNtryInf"))[:500],
    )


def _references(item: Node) -> Iterator[str]:
    for name in NAMED:
        text = item.text("Refs", name)
        if text not in UNNAMED:
            yield text
    for info in item.all("RmtInf"):
        for structured in info.all("Strd"):
            yield structured.text("CdtrRefInf", "Ref")


def _people(item: Node) -> Iterator[str]:
    for role in ("Dbtr", "Cdtr"):
        name = item.text("RltdPties", role, "Nm") or item.text("RltdPties", role, "Pty", "Nm")
        if name:
            yield name


def _amount(node: Node) -> Money:
    amount, sign = node.first("Amt"), SIGNS.get(node.text("CdtDbtInd"))
    if amount is None or sign is None:
        raise refused(f"{_at(node)}: the amount or its direction is missing")
    return _money(amount) * sign


def _money(amount: Node) -> Money:
    currency = currency_of(amount.attributes.get("Ccy", ""), _at(amount))
    try:
        money = Money.parse(amount.content, currency)
    except UnusableAmount as error:
        raise refused(f"{_at(amount)}: {error}") from None
    if money.minor < 0:
        raise refused(f"{_at(amount)}: an amount has no sign of its own")
    return money


def _day(node: Node, name: str) -> date:
    text = node.text(name, "Dt") or node.text(name, "DtTm")
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise refused(f"{_at(node)}: {name} is not a day: “{text}”") from None


def _at(node: Node) -> str:
    return f"line {node.line}, {node.name}"
