"""What WeasyPrint would open for a dossier: nothing (ASVS 12.6, 5.2.6)."""

import io
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import pytest
from pypdf import PdfReader
from weasyprint import HTML
from weasyprint.css.tokens import InvalidValues
from weasyprint.urls import URLFetchingError

from cases.dossier.pdf import make_pdf
from cases.dossier.press import NothingFetched, RefusedURL, on_paper
from tests.attacks.proof import shows
from tests.attacks.test_scripts import last_dossier
from tests.factories import SignalFactory
from tests.world import World

SECRET = "geheim van de server"


class Listener:
    """A server on this machine that counts who comes, and gives nothing."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.socket.settimeout(0.1)
        self.heard, self.over = 0, Event()
        self.thread = Thread(target=self._listen, daemon=True)

    @property
    def address(self) -> str:
        """Return what a document would write to reach it."""
        return f"http://127.0.0.1:{self.socket.getsockname()[1]}/x"

    def _listen(self) -> None:
        while not self.over.is_set():
            try:
                connection, _ = self.socket.accept()
            except TimeoutError:
                continue
            self.heard += 1
            connection.close()


@contextmanager
def listening() -> Iterator[Listener]:
    """Listen for the length of a test."""
    listener = Listener()
    listener.thread.start()
    try:
        yield listener
    finally:
        listener.over.set()
        listener.thread.join()
        listener.socket.close()


def on_page(body: str, head: str = "") -> str:
    """Return a page with something in its body and head."""
    title = "<title>Dossier</title>"
    return f'<!DOCTYPE html><html lang="nl"><head>{title}{head}</head><body>{body}</body></html>'


def styled(css: str) -> str:
    """Return a page with a stylesheet of its own."""
    return on_page("<p class=a>Tekst</p><ul><li>punt</li></ul>", f"<style>{css}</style>")


XMLNS = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
SVG = f"<svg {XMLNS} {{0}}>{{1}}</svg>"
ENTITY = "<!DOCTYPE x [<!ENTITY e SYSTEM 'AT'>]><text>&e;</text>"
PROFILE = "@color-profile --p { src: url('AT') } .a { color: color(--p 1 1 1) }"
SIZE = 'width="90" height="90"'
# Each way that HTML, CSS and SVG know to name an address: AT is where it goes.
WAYS = {
    "img": on_page("<img alt=a src='AT'>"),
    "img srcset": on_page("<img alt=a srcset='AT 2x' src='AT'>"),
    "picture": on_page("<picture><source srcset='AT'><img alt=a src='AT'></picture>"),
    "embed": on_page("<embed src='AT' type='image/svg+xml'>"),
    "object": on_page("<object data='AT' type='image/png'></object>"),
    "iframe": on_page("<iframe src='AT'></iframe>"),
    "video": on_page("<video poster='AT' src='AT'></video>"),
    "input": on_page("<input type=image src='AT'>"),
    "body background": on_page("<table background='AT'><tr><td background='AT'>a</table>"),
    "stylesheet": on_page("a", "<link rel=stylesheet href='AT'>"),
    "attachment of the page": on_page("a", "<link rel=attachment href='AT'>"),
    "attachment of a link": on_page("<a rel=attachment href='AT'>a</a>"),
    "icon": on_page("a", "<link rel=icon href='AT'>"),
    "base": on_page("<img alt=a src='b.png'>", "<base href='AT'>"),
    "@import": styled("@import 'AT';"),
    "@import url()": styled("@import url('AT');"),
    "@font-face": styled("@font-face { font-family: b; src: url('AT') } p { font-family: b }"),
    "background": styled(".a { background: url('AT') }"),
    "border": styled(".a { border-image: url('AT') 30; border: 9px solid }"),
    "list": styled("li { list-style: url('AT') }"),
    "content": styled(".a::before { content: url('AT') }"),
    "page": styled("@page { background: url('AT'); @top-left { content: url('AT') } }"),
    "image()": styled(".a { background-image: image('AT'); mask: url('AT') }"),
    "colour profile": styled(PROFILE),
    "style attribute": on_page("<p style=\"background: url('AT')\">a"),
    "svg image": on_page(SVG.format(SIZE, f"<image {SIZE} href='AT'/>")),
    "svg xlink": on_page(SVG.format(SIZE, f"<image {SIZE} xlink:href='AT'/>")),
    "svg use": on_page(SVG.format(SIZE, "<use href='AT#a'/>")),
    "svg style": on_page(SVG.format(SIZE, "<style>@import 'AT';</style><rect width='9'/>")),
    "svg fill": on_page(SVG.format(SIZE, f"<rect {SIZE} fill=\"url('AT#a')\"/>")),
    "svg entity": on_page(SVG.format(SIZE, ENTITY)),
}  # fmt: skip
# On these WeasyPrint stops with an error of its own when an address is refused: no paper at all.
STOPS = {"@import url()", "colour profile"}


def heard(percent: int) -> None:
    """Hear how far it is."""


def paper_of(html: str) -> PdfReader:
    """Return a page as the dossier's own code prints it."""
    return PdfReader(io.BytesIO(on_paper(html, heard)))


def paper_if_any(way: str, address: str) -> PdfReader | None:
    """Return a page that goes an address some way; None where the refusal stops the printing."""
    try:
        return paper_of(WAYS[way].replace("AT", address))
    except (URLFetchingError, InvalidValues):
        assert way in STOPS
        return None


@shows("pdf-1")
@pytest.mark.parametrize("way", WAYS)
def test_no_address_is_opened(way, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    with listening() as listener:
        addresses = (
            listener.address,
            listener.address.replace("http", "HTTP"),
            listener.address.replace("http", "ftp"),
            secret.as_uri(),
            str(secret),
            "../../../../etc/hostname",
            "//" + listener.address.partition("//")[2],
            "data:text/plain,geheim van de server",
        )
        for address in addresses:
            pdf = paper_if_any(way, address)
            if pdf is None:
                continue
            assert len(pdf.pages) == 1, address
            assert SECRET not in "".join(page.extract_text() for page in pdf.pages), address
            assert not pdf.attachments, address
    assert listener.heard == 0


@shows("pdf-1")
def test_each_address_is_asked_of_our_own_fetcher(monkeypatch):
    asked = []

    def refuse(self, url, headers=None):
        asked.append(url)
        raise RefusedURL

    monkeypatch.setattr(NothingFetched, "fetch", refuse)
    ways = ("img", "embed", "object", "stylesheet", "attachment of the page",
            "attachment of a link", "@import", "@font-face", "background", "list",
            "svg image")  # fmt: skip
    for number, way in enumerate(ways):
        paper_of(WAYS[way].replace("AT", f"http://127.0.0.1:9/{number}"))
    found = {int(url.rpartition("/")[2].partition("#")[0]) for url in asked}
    assert {ways[number] for number in found} == set(ways)


def test_the_listener_would_hear_it():
    """Without our fetcher the same page does come by: the tests above can fail."""
    with listening() as listener:
        HTML(string=WAYS["img"].replace("AT", listener.address)).write_pdf()
    assert listener.heard > 0


@shows("pdf-2")
@pytest.mark.django_db
def test_addresses_in_records_stand_there_as_text():
    world = World()
    with listening() as listener:
        address = listener.address
        SignalFactory(
            case=world.case,
            facts=WAYS["img"].replace("AT", address) + f" @import url({address});",
            place=f"url({address})",
        )
        pdf = PdfReader(io.BytesIO(make_pdf(last_dossier(), heard)))
    assert listener.heard == 0
    text = "".join("".join(page.extract_text() for page in pdf.pages).split())
    assert f"@importurl({address})" in text
    assert f"<imgalt=asrc='{address}'>" in text
