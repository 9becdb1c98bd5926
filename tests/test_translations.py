"""The Dutch of the interface: nothing left in English, nothing mangled, both languages shown.

New strings get their Dutch in ``locale/nl/LC_MESSAGES/django.po``; ``HOW`` below says the command.
"""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.test import Client
from django.urls import reverse
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "locale" / "nl" / "LC_MESSAGES" / "django.po"
HOW = (
    "manage.py makemessages -l nl --no-location --no-obsolete --no-wrap --ignore .venv "
    "--ignore node_modules --ignore var --ignore bench --ignore tests"
)
# Top folders that hold no text of the interface.
LEFT_OUT = {"bench", "docs", "locale", "node_modules", "static", "tests", "var"}

# What Django takes for a text to translate, and which arguments of it.
KEYWORDS = {
    name: spec
    for plain, spec in {
        "gettext": None,
        "ngettext": (1, 2),
        "pgettext": ((1, "c"), 2),
        "npgettext": ((1, "c"), 2, 3),
    }.items()
    for name in (plain, f"{plain}_lazy")
} | {"_": None, "gettext_noop": None}

# Words that Dutch and English share, or that stay as they are.
SAME_IN_BOTH = {
    "buurtteam",
    "buurtteams",
    "Buurtteam",
    "Dossier",
    "Dossiers",
    "Filters",
    "open",
    "Plan",
    "School",
    "school",
}

# %(name)s, %s, {name}, and tags.
FIXED_PARTS = re.compile(r"%\(\w+\)[a-z]|%[a-z%]|\{\w*\}|<[^>]+>")

Key = tuple[str | None, str]


def sources() -> Iterator[Path]:
    """Every file that can hold a text of the interface."""
    for folder in ROOT.iterdir():
        if folder.is_dir() and folder.name not in LEFT_OUT and not folder.name.startswith("."):
            kinds = (".html", ".txt") if folder.name == "templates" else (".py",)
            yield from (path for path in folder.rglob("*") if path.suffix in kinds)


def as_python(path: Path) -> bytes:
    """The file as calls of gettext. A template's indentation would be no Python: it goes."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        text = "\n".join(line.lstrip() for line in templatize(text, origin=path).splitlines())
    return text.encode()


def alone_in(path: Path) -> Iterator[str]:
    """The texts that a file asks for without a number, and without a context."""
    found = extract("python", io.BytesIO(as_python(path)), KEYWORDS, options={"encoding": "utf-8"})
    yield from (text for _, text, _, context in found if isinstance(text, str) and not context)


def texts_of(path: Path) -> Iterator[Key]:
    """What a file asks a translation for."""
    found = extract("python", io.BytesIO(as_python(path)), KEYWORDS, options={"encoding": "utf-8"})
    for _, message, _, context in found:
        yield context, message[0] if isinstance(message, tuple) else message


def forms(message: Message) -> tuple[str, ...]:
    """The translation: one string, or one per number."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def originals(message: Message) -> tuple[str, ...]:
    """The English: one string, or singular and plural."""
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="nl", abort_invalid=True)


@pytest.fixture(scope="module")
def messages(catalogue) -> list[Message]:
    return [message for message in catalogue if message.id]


def test_the_sources_are_read_as_django_reads_them(tmp_path):
    template = tmp_path / "page.html"
    template.write_text(
        '{% load i18n %}<p title="{% translate "One" %}">{% translate "Two" context "c" %}</p>\n'
        '    {{ x|yesno:_("Three,Four") }}\n'
        "  {% blocktranslate count n=n %}{{ n }} day{% plural %}{{ n }} days{% endblocktranslate %}"
    )
    assert set(texts_of(template)) == {
        (None, "One"),
        ("c", "Two"),
        (None, "Three,Four"),
        (None, "%(n)s day"),
    }
    module = tmp_path / "module.py"
    module.write_text('A = _("Five " "six")\nB = pgettext_lazy("c", "Seven")\nC = other("Eight")\n')
    assert set(texts_of(module)) == {(None, "Five six"), ("c", "Seven")}


def test_every_text_of_the_interface_has_its_dutch(catalogue):
    files = list(sources())
    assert {"accounts", "cases", "meldcode", "signals", "templates"} <= {
        path.relative_to(ROOT).parts[0] for path in files
    }
    missing = {
        (key, str(path.relative_to(ROOT)))
        for path in files
        for key in texts_of(path)
        if not _translated(catalogue.get(key[1], context=key[0]))
    }
    assert not missing, f"No Dutch yet; run {HOW}, and translate: {sorted(missing, key=str)}"


def _translated(message: Message | None) -> bool:
    return message is not None and not message.fuzzy and all(forms(message))


def test_no_text_of_one_number_is_asked_for_without_a_number(catalogue):
    """Python's gettext finds it from 3.11.3 on, and leaves it in English before (Debian 12)."""
    wrong = {
        f"{path.relative_to(ROOT)}: {text}"
        for path in sources()
        for text in alone_in(path)
        if (found := catalogue.get(text)) and found.pluralizable
    }
    assert wrong == set()


def test_nothing_in_the_catalogue_is_empty_or_a_guess(catalogue, messages):
    assert not catalogue.fuzzy
    assert [m.id for m in messages if not _translated(m)] == []


def test_nothing_was_left_in_english(messages):
    same = {m.id for m in messages if isinstance(m.id, str) and m.string == m.id}
    assert same <= SAME_IN_BOTH


def test_placeholders_and_tags_survive(messages):
    wrong = [
        (english, dutch)
        for message in messages
        # Both languages count alike: one, and more than one.
        for english, dutch in zip(originals(message), forms(message), strict=True)
        if sorted(FIXED_PARTS.findall(english)) != sorted(FIXED_PARTS.findall(dutch))
    ]
    assert wrong == []


def test_dutch_has_two_forms_of_number(catalogue):
    assert (catalogue.num_plurals, catalogue.plural_expr) == (2, "(n != 1)")
    assert str(catalogue.locale) == "nl"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "shown", "hidden"),
    [
        ("nl", "Voor het zorgteam, de docenten en de partners van je school.", "For the care team"),
        ("en", "For the care team, teachers and partners of your school.", "Voor het zorgteam"),
    ],
)
def test_the_page_of_signing_in_speaks_the_language_that_was_chosen(
    settings, language, shown, hidden
):
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    response = client.get(reverse("account_login"))
    page = response.content.decode()
    assert response.status_code == 200
    assert f'<html lang="{language}"' in page
    assert shown in page
    assert hidden not in page


@pytest.mark.django_db
def test_dutch_is_spoken_to_whoever_chose_nothing():
    response = Client().get(reverse("account_login"), HTTP_ACCEPT_LANGUAGE="en")
    assert response.headers["Content-Language"] == "nl"
