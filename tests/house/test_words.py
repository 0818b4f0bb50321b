import re

from tests.house.tree import files, place, report

# Written apart, so that this page does not find itself.
HOSTS = ["pypi" + ".org", "python" + "hosted.org", "registry.npm" + "js", "deb.deb" + "ian.org"]
FOLDERS = ["/ro" + "ot/", "/wo" + "rk/", "/ho" + r"me/\w", "/Us" + r"ers/\w", "/tm" + "p/"]
FROM_THE_TOP = r"(?<![\w}.])"
UNREADABLE = {".png", ".jpg", ".webp", ".woff2", ".ico", ".gz", ".xlsx"}


def test_no_file_names_a_machine_or_a_registry() -> None:
    hosts = "|".join(map(re.escape, HOSTS))
    pattern = re.compile(f"{hosts}|{FROM_THE_TOP}({'|'.join(FOLDERS)})")
    faults = [
        f"{place(path, number)} says {found.group()}"
        for path in files()
        if path.suffix not in UNREADABLE
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if (found := pattern.search(line))
    ]

    assert not faults, report(
        faults, "Use paths inside the checkout, tempfile, and packages by name alone:"
    )
