"""XML of strangers as a plain tree. A document type, and with it every entity, is refused.

Without them nothing can grow or be fetched while it is read; depth and number are bounded.
"""

from dataclasses import dataclass, field
from xml.parsers import expat

from escrow.bank_file import refused

DEEPEST = 40
MOST = 2_000_000


@dataclass(slots=True)
class Node:
    """One element: its name without its namespace, and where it began."""

    name: str
    space: str
    line: int
    attributes: dict[str, str]
    content: str = ""
    children: list["Node"] = field(default_factory=list)

    def all(self, name: str) -> list["Node"]:
        """Return the children of this name."""
        return [child for child in self.children if child.name == name]

    def first(self, *names: str) -> "Node | None":
        """Return the first child of a name, and of that the first of the next."""
        node = self
        for name in names:
            found = next((child for child in node.children if child.name == name), None)
            if found is None:
                return None
            node = found
        return node

    def text(self, *names: str) -> str:
        """Return what stands in such a child, or nothing."""
        node = self.first(*names)
        return "" if node is None else node.content


class _Grower:
    """Lets a tree grow from what the parser tells."""

    def __init__(self, parser: expat.XMLParserType) -> None:
        self.parser = parser
        self.open: list[Node] = []
        self.root: Node | None = None
        self.count = 0

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        space, _, own = name.rpartition("|")
        self.count += 1
        line = self.parser.CurrentLineNumber
        if len(self.open) >= DEEPEST or self.count > MOST:
            raise refused(f"line {line}: there are too many elements, or too deep")
        node = Node(own, space, line, attributes)
        if self.open:
            self.open[-1].children.append(node)
        else:
            self.root = node
        self.open.append(node)

    def end(self, _name: str) -> None:
        node = self.open.pop()
        node.content = node.content.strip()

    def say(self, text: str) -> None:
        self.open[-1].content += text

    def refuse(self, *_about: object) -> None:
        raise refused(f"line {self.parser.CurrentLineNumber}: a document type is not taken")


def read_tree(body: bytes) -> Node:
    """Read an XML document.

    Raises:
        FileNotReadable: it is not well-formed, declares a document type, or is too large.
    """
    parser = expat.ParserCreate(namespace_separator="|")
    parser.buffer_text = True
    grower = _Grower(parser)
    parser.StartElementHandler = grower.begin
    parser.EndElementHandler = grower.end
    parser.CharacterDataHandler = grower.say
    parser.StartDoctypeDeclHandler = grower.refuse
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        raise refused(f"line {error.lineno}, column {error.offset + 1}: not well-formed") from None
    except (ValueError, LookupError) as error:  # an encoding that Python does not know
        raise refused(f"line 1: {error}") from None
    assert grower.root is not None  # expat refuses a document without one
    return grower.root
