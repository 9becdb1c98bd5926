"""What a password must be: long, not guessed soon, not found in a breach; asked of nobody else."""

import hashlib
import random
import socket

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from zxcvbn import matching

from accounts.models import User
from accounts.passwords import MOST_READINGS, breached
from tests.attacks.proof import shows

GUESSED = "Dit is te snel geraden."
LEAKED = "Dit wachtwoord stond in een datalek."


def said_of(password: str) -> list[str]:
    """Return what is said of a password of Anna Wiersma; nothing when it holds."""
    try:
        validate_password(password, User(email="anna@school.example", name="Anna Wiersma"))
    except ValidationError as error:
        return error.messages
    return []


@pytest.mark.parametrize(
    "password",
    ["qwertyuiopas", "aaaaaaaaaaaa", "password1234", "123456789012", "abcdefghijkl",
     "meldcode1234", "welkomschool", "iloveyou1234"],
)  # fmt: skip
def test_what_is_guessed_soon_is_refused(password):
    assert any(GUESSED in line for line in said_of(password))


@pytest.mark.parametrize("password", ["annawiersma1", "wiersma anna w", "anna@school.example"])
def test_ones_own_name_is_no_password(password):
    assert any("lijkt te veel op" in line for line in said_of(password))


@pytest.mark.parametrize(
    "password", ["paard stal klok regen", "Zeven-bruine-eekhoorns", "kaas thee sok vuur"]
)
def test_four_words_will_do(password):
    assert said_of(password) == []


def test_a_short_one_is_refused():
    assert "Dit is te kort: gebruik minstens 12 tekens." in said_of("xk3#pq9!")


@shows("busy-10")
def test_signs_that_stand_for_letters_are_read_in_few_ways(monkeypatch):
    tried, honest = [], matching.enumerate_l33t_subs

    def measured(table):
        tried.append(len(found := honest(table)))
        return found

    monkeypatch.setattr(matching, "enumerate_l33t_subs", measured)
    assert any(GUESSED in line for line in said_of("p@$$w0rd2026"))
    assert said_of("4@8({[<3690!1|7$5+%2 paard stal klok regen") == []
    said_of("4@8({[<3690!1|7$5+%2".ljust(72, "4"))
    # A sign that stands for two letters has a reading more for each.
    assert 1 < max(tried) <= 2 * MOST_READINGS


@pytest.mark.parametrize(
    "password", ["1234567890!@#$%^", "!@#$%^&*()1234567890-=", ")(*&^%$#@!0987654321"]
)
def test_keys_that_lie_side_by_side_are_seen_whatever_they_can_be_read_as(password):
    assert any(GUESSED in line for line in said_of(password))


def test_a_very_long_one_costs_no_time_and_is_taken():
    assert said_of("paard stal klok regen " * 180) == []


@pytest.fixture
def leaked(tmp_path, settings):
    """A list as Have I Been Pwned publishes it, of a thousand passwords."""
    words = [f"gelekt wachtwoord nummer {number}" for number in range(1000)]
    lines = sorted(
        f"{hashlib.sha1(word.encode(), usedforsecurity=False).hexdigest().upper()}:{n}"
        for n, word in enumerate(words, start=1)
    )
    path = tmp_path / "pwned.txt"
    path.write_text("\r\n".join(lines) + "\r\n")
    settings.BREACHED_PASSWORDS_FILE = str(path)
    return path, words


def test_every_password_of_the_list_is_found_and_no_other(leaked):
    path, words = leaked
    assert [word for word in words if not breached(word, path)] == []
    others = [f"nooit gelekt {number}" for number in range(1000)]
    assert [word for word in others if breached(word, path)] == []


def test_a_breached_one_is_refused(leaked):
    assert said_of(random.choice(leaked[1])) == [LEAKED + " Neem een ander."]


def test_nobody_is_asked_about_a_password(leaked, monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("something called out")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert said_of("paard stal klok regen") == []
