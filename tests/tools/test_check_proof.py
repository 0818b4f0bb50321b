"""The script with which lenders check a proof, on their own."""

import json
import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy.orm import Session

import escrow
from escrow import AccountKind, Movement, NotSealed, Posting, SealingKey
from kernel import NotFound
from tests.escrow.stories import AT, BOB, CAROL, DAN, LISTING, USD, book, cash_of, deposit, dollars
from tools import check_proof
from tools.check_proof import Refused, is_signed

KEY = SealingKey(bytes(range(32)))

# RFC 8032, section 7.1: secret key, public key, message, signature.
VECTORS = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701c"
            "f9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0"
            "f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f76098"
            "4dc6594a7c15e9716ed28dc027beceea1ec40a"
        ),
    ),
]


@pytest.fixture
def proof(session: Session) -> dict[str, Any]:
    """Three lenders reserve in one entry; Carol has the proof of her two lines."""
    for owner in (BOB, CAROL, DAN):
        deposit(session, owner, "100.00")
    lines = [
        Posting(Movement.RESERVE, cash_of(owner), LISTING, dollars(amount))
        for owner, amount in ((BOB, "31.07"), (CAROL, "5.00"), (DAN, "9.00"), (CAROL, "6.00"))
    ]
    entry = book(session, *lines, key="secret key of all", memo="One batch\nin two lines")
    escrow.seal(session, through=escrow.frontier(session), key=KEY, at=AT)
    return escrow.proof(session, account_id=account_of(session), entry_id=entry.id)


def account_of(session: Session) -> int:
    found = escrow.account_id(session, kind=AccountKind.LENDER, owner_id=CAROL, currency=USD)
    assert found is not None
    return found


@pytest.mark.parametrize(("_secret", "public", "message", "signature"), VECTORS)
def test_signatures_are_judged_as_the_rfc_does(
    _secret: str, public: str, message: str, signature: str
) -> None:
    key, signed, said = map(bytes.fromhex, (public, signature, message))

    assert is_signed(key, signed, said)
    assert not is_signed(key, signed, said + b".")
    assert not is_signed(key[:-1] + bytes([key[-1] ^ 1]), signed, said)
    assert not is_signed(key, signed[:40] + bytes([signed[40] ^ 1]) + signed[41:], said)
    assert not is_signed(key, signed[:32] + b"\xff" * 32, said)
    assert not is_signed(key, b"", said)
    assert not is_signed(b"\xff" * 32, signed, said)


def test_a_proof_shows_the_lender_s_lines_and_is_right(proof: dict[str, Any]) -> None:
    said = "\n".join(check_proof.check(proof, key=KEY.public))

    assert "One batch\\nin two lines" in said
    assert "RESERVE -500 USD" in said
    assert "RESERVE -600 USD" in said
    assert str(CAROL.hex) in said


def test_a_proof_tells_nothing_of_anybody_else(proof: dict[str, Any]) -> None:
    text = json.dumps(proof)

    assert len(proof["lines"]) == 2
    for secret in (BOB.hex, DAN.hex, "3107", "secret key of all", "system"):
        assert secret not in text


def test_whatever_is_changed_in_a_proof_it_is_refused(proof: dict[str, Any]) -> None:
    dice = Random(8032)
    places = list(leaves_of(proof))

    accepted = []
    for path in places:
        forged = deepcopy(proof)
        change(forged, path, dice)
        try:
            check_proof.check(forged, key=KEY.public)
        except (Refused, ValueError, KeyError, TypeError, IndexError):
            continue
        accepted.append(path)

    assert len(places) > 40
    assert not accepted


def leaves_of(value: Any, path: tuple[Any, ...] = ()) -> Any:
    if isinstance(value, dict | list):
        inner = value.items() if isinstance(value, dict) else enumerate(value)
        for name, each in inner:
            yield from leaves_of(each, (*path, name))
    else:
        yield path


def change(value: Any, path: tuple[Any, ...], dice: Random) -> None:
    *way, last = path
    for name in way:
        value = value[name]
    old = value[last]
    if isinstance(old, int):
        value[last] = old + 1
    else:
        place = dice.randrange(len(old))
        value[last] = old[:place] + ("0" if old[place] != "0" else "1") + old[place + 1 :]


def test_another_key_s_seal_is_refused(proof: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="another key than yours"):
        check_proof.check(proof, key=SealingKey(bytes(32)).public)


def test_there_is_no_proof_of_what_is_not_one_s_own_or_not_sealed(session: Session) -> None:
    bobs = deposit(session, BOB, "1.00").id
    carols = deposit(session, CAROL, "1.00").id

    with pytest.raises(NotFound):
        escrow.proof(session, account_id=account_of(session), entry_id=bobs)
    with pytest.raises(NotSealed):
        escrow.proof(session, account_id=account_of(session), entry_id=carols)


def test_a_proof_in_a_later_seal_than_its_account_holds_too(session: Session) -> None:
    deposit(session, CAROL, "1.00")
    escrow.seal(session, through=escrow.frontier(session), key=KEY, at=AT)
    entry = deposit(session, CAROL, "2.00")
    escrow.seal(session, through=escrow.frontier(session), key=KEY, at=AT)

    proof = escrow.proof(session, account_id=account_of(session), entry_id=entry.id)

    assert proof["seal"]["number"] == 2
    assert proof["account"]["seal"]["number"] == 1
    assert check_proof.check(proof)


def test_the_script_runs_alone(proof: dict[str, Any], tmp_path: Path) -> None:
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(json.dumps(proof))
    proof["lines"][0]["salt"] = "00" * 32
    bad.write_text(json.dumps(proof))
    script = Path(check_proof.__file__)

    answers = [
        subprocess.run(
            [sys.executable, "-I", "-S", script, file, "--key", KEY.public],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
        )
        for file in (good, bad)
    ]

    assert answers[0].returncode == 0
    assert answers[0].stdout.startswith("PROVED: entry")
    assert answers[1].returncode == 1
    assert answers[1].stderr.startswith("NOT PROVED: its lines do not lead to one entry")
