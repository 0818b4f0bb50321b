"""Write the page: `python -m tests.conformance`."""

from tests.conformance.document import DOCUMENT, document

DOCUMENT.write_text(document(), encoding="utf-8")
