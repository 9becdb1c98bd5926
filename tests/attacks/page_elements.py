"""What a browser would make of a page: its elements and attributes, and what could run."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

# An element that no page of ours has, an attribute that would run, and what ends an attribute.
PAYLOAD = (
    "'\"><x-probe onclick=probe()>{{7*7}}</title><script>probe()</script>"
    "<a href=javascript:probe()>"
)
LEADS = {"href", "src", "action", "formaction", "srcset", "xlink:href", "data", "poster", "cite"}
# What htmx takes for script or for an address of its own.
HTMX = {"hx-on", "hx-vals", "hx-vars", "hx-headers", "hx-eval"}
DATA = "application/json"


@dataclass
class Elements(HTMLParser):
    """Reads a page, and remembers each element with its attributes and all text."""

    found: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        HTMLParser.__init__(self, convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember an element; what stands in its attributes is text too."""
        given = {name: value or "" for name, value in attrs}
        self.found.append((tag, given))
        self.text.extend(given.values())

    def handle_data(self, data: str) -> None:
        """Remember text."""
        self.text.append(data)


def read(html: str) -> Elements:
    """Return the elements of a page."""
    elements = Elements()
    elements.feed(html)
    elements.close()
    return elements


def what_runs(page: str | Elements, *, styles: bool = False) -> list[str]:
    """Return what on a page could run, or would need the policy to allow inline code.

    ``styles``: the page is for paper, and carries its stylesheet in itself.
    """
    return list(_running(page if isinstance(page, Elements) else read(page), styles))


def _running(page: Elements, styles: bool) -> Iterator[str]:
    for tag, attributes in page.found:
        if tag == "x-probe" or "probe()" in attributes:
            yield tag
        if tag == "script" and "src" not in attributes and attributes.get("type") != DATA:
            yield "inline script"
        if tag in ("style", "base", "iframe", "object", "embed") and not styles:
            yield tag
        for name, value in attributes.items():
            if name.startswith("on") or name == "style" or name in HTMX:
                yield f"{tag} {name}"
            if name in LEADS and _runs(tag, value):
                yield f"{tag} {name}={value[:40]}"


def _runs(tag: str, address: str) -> bool:
    scheme = "".join(address.split()).lower().partition(":")[0]
    return scheme in ("javascript", "vbscript") or (scheme == "data" and tag != "img")
