"""Fetch the front-end files that are committed under static/vendor.

Maintainers run `python tools/vendor.py` when a version changes or an icon is missing in
`tools/icons.txt`; it needs the `npm` client. Nobody else does: the result is committed, so neither
the site nor its tests need Node.
"""

import hashlib
import json
import re
import subprocess
import tarfile
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

VENDOR = Path(__file__).parents[1] / "static" / "vendor"

# package, version, licence, {file in the package: file in static/vendor}
PACKAGES = [
    (
        "@tabler/core",
        "1.6.1",
        "MIT",
        {
            "dist/css/tabler.min.css": "tabler.min.css",
            "dist/js/tabler.min.js": "tabler.min.js",
        },
    ),
    (
        "htmx.org",
        "2.0.11",
        "0BSD",
        {"dist/htmx.min.js": "htmx.min.js", "LICENSE": "licenses/htmx.txt"},
    ),
    (
        "echarts",
        "6.1.0",
        "Apache-2.0",
        {
            "dist/echarts.common.min.js": "echarts.common.min.js",
            "i18n/langZH.js": "echarts-zh.js",
            "LICENSE": "licenses/echarts.txt",
            "NOTICE": "licenses/echarts-notice.txt",
        },
    ),
    (
        "@fontsource-variable/inter",
        "5.3.0",
        "OFL-1.1",
        {
            "files/inter-latin-wght-normal.woff2": "inter-latin-wght-normal.woff2",
            "LICENSE": "licenses/inter.txt",
        },
    ),
]
ICONS_PACKAGE = ("@tabler/icons", "3.51.0", "MIT")
ICONS = (Path(__file__).parent / "icons.txt").read_text(encoding="utf-8").split()


@dataclass(frozen=True)
class Vendored:
    """One line of the manifest."""

    file: str
    name: str
    version: str
    licence: str
    sha256: str


def main() -> None:
    """Fetch every package, write the files and the manifest that describes them."""
    lines = []
    for name, version, licence, files in PACKAGES:
        package = _unpack(name, version)
        for source, target in files.items():
            lines.append(_keep(target, package[source], (name, version, licence)))
    icons = _unpack(*ICONS_PACKAGE[:2])
    lines.append(_keep("icons.svg", _sprite(icons), ICONS_PACKAGE))
    lines.append(_keep("licenses/tabler.txt", icons["LICENSE"], ICONS_PACKAGE))
    manifest = [asdict(line) for line in sorted(lines, key=lambda line: line.file)]
    (VENDOR / "VENDOR.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")


def _unpack(name: str, version: str) -> dict[str, bytes]:
    """Download one package and return its files by path."""
    with tempfile.TemporaryDirectory() as place:
        command = ["npm", "pack", "--silent", f"{name}@{version}"]
        subprocess.run(command, cwd=place, check=True, stdout=subprocess.DEVNULL)
        with tarfile.open(next(Path(place).glob("*.tgz"))) as archive:
            files = {m.name.partition("/")[2]: archive.extractfile(m) for m in archive}
            return {path: file.read() for path, file in files.items() if file}


def _keep(target: str, content: bytes, package: tuple[str, str, str]) -> Vendored:
    """Write one file without the pointer to a source map that is not served."""
    content = re.sub(rb"\s*(//|/\*)# sourceMappingURL=\S+( \*/)?\s*$", b"\n", content)
    path = VENDOR / target
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return Vendored(target, *package, hashlib.sha256(content).hexdigest())


def _sprite(files: dict[str, bytes]) -> bytes:
    """Join the icons into one SVG; a page shows one with `<use href="…#name">`."""
    symbols = [_symbol(name, files) for name in ICONS]
    return "\n".join(['<svg xmlns="http://www.w3.org/2000/svg">', *symbols, "</svg>", ""]).encode()


def _symbol(name: str, files: dict[str, bytes]) -> str:
    filled = name.endswith("-filled")
    path = f"icons/filled/{name[:-7]}.svg" if filled else f"icons/outline/{name}.svg"
    inner = re.search(r"<svg[^>]*>(.*)</svg>", files[path].decode(), re.DOTALL)
    if inner is None:
        raise ValueError(f"{path} is not an SVG")
    paint = (
        'fill="currentColor"'
        if filled
        else 'fill="none" stroke="currentColor" stroke-width="1.75" '
        'stroke-linecap="round" stroke-linejoin="round"'
    )
    body = " ".join(inner[1].split())
    return f'<symbol id="{name}" viewBox="0 0 24 24" {paint}>{body}</symbol>'


if __name__ == "__main__":
    main()
