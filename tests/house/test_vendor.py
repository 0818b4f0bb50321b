import json
from hashlib import sha256

from tests.house.tree import ROOT, report

VENDOR = ROOT / "static" / "vendor"


def test_what_others_wrote_is_what_the_manifest_says() -> None:
    manifest = {row["file"]: row for row in json.loads((VENDOR / "VENDOR.json").read_text("utf-8"))}
    found = {
        str(path.relative_to(VENDOR)): sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name != "VENDOR.json"
    }

    faults = [
        *(f"{name} is not in the manifest" for name in found.keys() - manifest.keys()),
        *(f"{name} is missing" for name in manifest.keys() - found.keys()),
        *(
            f"{name} was changed"
            for name in found.keys() & manifest.keys()
            if found[name] != manifest[name]["sha256"]
        ),
    ]

    assert not faults, report(faults, "Fetch static/vendor anew with `python tools/vendor.py`:")


def test_everything_from_others_names_its_licence() -> None:
    rows = json.loads((VENDOR / "VENDOR.json").read_text("utf-8"))

    faults = [
        row["file"] for row in rows if not (row["name"] and row["version"] and row["licence"])
    ]

    assert not faults, report(faults, "Name package, version and licence in tools/vendor.py:")
