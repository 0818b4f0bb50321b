"""Statements as banks write them, in both versions."""

SPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001."


def camt(
    entries: str = "", *, version: str = "08", opening: str = "0", closing: str = "0"
) -> bytes:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="{SPACE}{version}"><BkToCstmrStmt><GrpHdr><MsgId>M1</MsgId></GrpHdr><Stmt>
<Id>S1</Id><Acct><Id><IBAN>DE02120300000000202051</IBAN></Id></Acct>
{balance("OPBD", opening, "2026-11-22")}{balance("CLBD", closing, "2026-11-23")}
{entries}</Stmt></BkToCstmrStmt></Document>""".encode()


def balance(code: str, amount: str, day: str) -> str:
    sign = "DBIT" if amount.startswith("-") else "CRDT"
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="EUR">{amount.removeprefix("-")}</Amt><CdtDbtInd>{sign}</CdtDbtInd>'
        f"<Dt><Dt>{day}</Dt></Dt></Bal>"
    )


def entry(
    amount: str,
    details: str = "",
    *,
    sign: str = "CRDT",
    status: str = "<Sts><Cd>BOOK</Cd></Sts>",
    more: str = "<AcctSvcrRef>B1</AcctSvcrRef>",
    days: str = "<BookgDt><Dt>2026-11-23</Dt></BookgDt><ValDt><Dt>2026-11-24</Dt></ValDt>",
    currency: str = "EUR",
) -> str:
    return (
        f'<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd>{status}{days}'
        f"{more}{f'<NtryDtls>{details}</NtryDtls>' if details else ''}</Ntry>"
    )


def item(
    end_to_end: str, amount: str = "", *, text: str = "", name: str = "", strd: str = ""
) -> str:
    money = f'<Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>DBIT</CdtDbtInd>' if amount else ""
    party = f"<RltdPties><Dbtr><Pty><Nm>{name}</Nm></Pty></Dbtr></RltdPties>" if name else ""
    structured = f"<Strd><CdtrRefInf><Ref>{strd}</Ref></CdtrRefInf></Strd>" if strd else ""
    return (
        f"<TxDtls><Refs><EndToEndId>{end_to_end}</EndToEndId></Refs>{money}{party}"
        f"<RmtInf><Ustrd>{text}</Ustrd>{structured}</RmtInf></TxDtls>"
    )
