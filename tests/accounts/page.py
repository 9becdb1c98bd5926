"""A page as a browser reads it: what stands in its fields, and what is said at each of them."""

from collections.abc import Iterator
from html.parser import HTMLParser
from xml.etree.ElementTree import Element, TreeBuilder

VOID = {"br", "hr", "img", "input", "link", "meta", "use"}
OF_THE_FORM = {"csrfmiddlewaretoken", "idempotency_key", "typed_by"}
# How the field begins by which a browser knows the forms of one person from those of another.
OF_ITS_READER = "of-"


class _Reader(HTMLParser):
    """Builds a tree of elements out of HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.tree = TreeBuilder()

    def handle_starttag(self, tag, attrs):
        self.tree.start(tag, {name: value or "" for name, value in attrs})
        if tag in VOID:
            self.tree.end(tag)

    def handle_endtag(self, tag):
        if tag not in VOID:
            self.tree.end(tag)

    def handle_data(self, data):
        self.tree.data(data)


class Page:
    """The HTML of an answer."""

    def __init__(self, response) -> None:
        self.html = response.content.decode()
        reader = _Reader()
        reader.feed(self.html[self.html.index("<html") :])
        reader.close()
        self.root: Element = reader.tree.close()

    @property
    def language(self) -> str:
        """Return the language that the page says it is in."""
        return self.root.get("lang", "")

    @property
    def text(self) -> str:
        """Return what one reads in the middle of the page."""
        return said(next(e for e in self.root.iter("main")))

    @property
    def typed(self) -> dict[str, list[str]]:
        """Return what a browser would send again: each field with what stands in it."""
        form = next(f for f in self.root.iter("form") if "record-form" in f.get("class", ""))
        fields: dict[str, list[str]] = {}
        for name, value in _values(form):
            if name not in OF_THE_FORM and not name.startswith(OF_ITS_READER):
                fields.setdefault(name, []).append(value)
        return fields

    def at(self, field: str) -> str:
        """Return what a field says of itself, through its own ids or those of its fieldset."""
        parents = {child: parent for parent in self.root.iter() for child in parent}
        told = set()
        for element in (e for e in self.root.iter() if e.get("name") == field):
            while element is not None and "record-form" not in element.get("class", ""):
                told |= set(element.get("aria-describedby", "").split())
                element = parents.get(element)
        return " ".join(said(e) for e in self.root.iter() if e.get("id") in told)

    def summary_leads_to(self, field: str) -> bool:
        """Tell whether the list of errors has a link that arrives at the field."""
        links = {a.get("href") for a in self.root.iter("a")}
        target = next((e for e in self.root.iter() if e.get("id") == f"div_id_{field}"), None)
        return f"#div_id_{field}" in links and any(
            e.get("name") == field for e in (target.iter() if target is not None else ())
        )


def said(element: Element) -> str:
    """Return the words of an element, with single spaces."""
    return " ".join(" ".join(element.itertext()).split())


def _values(form: Element) -> Iterator[tuple[str, str]]:
    for element in form.iter():
        name, kind = element.get("name"), element.get("type")
        if element.tag == "textarea":
            # HTML leaves out the line break that stands directly after the tag.
            yield name, "".join(element.itertext()).removeprefix("\n")
        elif element.tag == "select":
            for option in element.iter("option"):
                if "selected" in option.keys():  # noqa: SIM118 - an Element is no dict
                    yield name, option.get("value", "")
        elif element.tag == "input" and kind not in ("checkbox", "radio", "file"):
            yield name, element.get("value", "")
        elif element.tag == "input" and "checked" in element.keys():  # noqa: SIM118
            yield name, element.get("value", "on")
