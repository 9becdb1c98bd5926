"""Facts versus opinions (R7): what is marked, what is not, and that no text breaks it."""

from itertools import pairwise

import pytest
from django.utils.html import escape
from hypothesis import given
from hypothesis import strategies as st

from referrals.report.facts_check import SORTS, find, opinions_in, remarks, take_out
from referrals.report.fields import FIELDS

SOME_WORDS = [word.replace("*", "e") for sort in SORTS for word in sort.words]
SIGNS = [".", "!", "?", " ", "\n", "“", "”"]
texts = st.one_of(
    st.text(),
    st.lists(
        st.one_of(
            st.sampled_from(SOME_WORDS), st.text(max_size=6), st.sampled_from(list(".!? \n“”"))
        ),
    ).map(" ".join),
)


@pytest.mark.parametrize(
    ("text", "word", "sort"),
    [
        ("Ik denk dat hij bang is.", "Ik denk", "opinion"),
        ("Volgens mij klopt het niet.", "Volgens mij", "opinion"),
        ("Hij is waarschijnlijk geslagen.", "waarschijnlijk", "guess"),
        ("Hij komt ALTIJD te laat.", "ALTIJD", "generalisation"),
        ("Moeder belt nooit terug.", "nooit", "generalisation"),
        ("Het is een slecht gezin.", "slecht gezin", "judgement"),
        ("Een agressieve vader.", "agressieve", "judgement"),
        ("Slechte  ouders zijn het.", "Slechte  ouders", "judgement"),
        ("Moeder is depressief.", "depressief", "diagnosis"),
        ("Hij deed het met opzet.", "met opzet", "intention"),
        ("She is probably tired.", "probably", "guess"),
        ("The father is aggressive.", "aggressive", "judgement"),
        ("I think he fell.", "I think", "opinion"),
        # Two sorts in one place ("seems to" is a guess): the longest counts, once.
        ("It seems to me that he fell.", "seems to me", "opinion"),
    ],
)
def test_an_opinion_is_marked_with_its_sort(text, word, sort):
    assert [(mark.word, mark.sort.code) for mark in find(text)] == [(word, sort)]


@pytest.mark.parametrize(
    "text",
    [
        "Op 3 maart om tien uur had hij een blauwe plek op zijn linkerarm.",
        "Hij zei: “Mama is altijd boos.”",
        'Zij riep: "ik denk dat ik ga".',
        "De heer Nooitgedacht haalde hem op.",
        "Luis speelde met Aso-kaarten.",
        "Een plek in de lies; hij is nog steeds ziek en ging zo snel mogelijk naar huis.",
        "Zij zongen een lied en we vinden hem in de gang.",
        "Zij deed mee met de altijdgroene tuin.",
        "",
    ],
)
def test_facts_names_and_quotes_are_left_alone(text):
    assert find(text) == []


@given(texts)
def test_what_is_marked_stands_there(text):
    marks = find(text)
    assert all(text[mark.start : mark.end] == mark.word for mark in marks)
    assert all(one.end <= two.start for one, two in pairwise(marks))


@given(texts)
def test_the_pieces_of_the_remarks_are_of_the_text(text):
    shown = remarks(text)
    assert bool(shown) == bool(find(text))
    for remark in shown:
        whole = "".join(piece.text for piece in remark.pieces)
        assert whole in text
        assert any(piece.marked for piece in remark.pieces)
        assert remark.sorts
        rest, sentence = take_out(text, remark.key)
        assert sentence.split() == remark.sentence.split()
        assert len(rest) < len(text)


@given(texts, st.text(max_size=12))
def test_an_unknown_sentence_is_not_moved(text, key):
    rest, sentence = take_out(text, f"no {key}")
    assert (rest, sentence) == (text, "")


@given(texts)
def test_what_is_shown_is_text(text):
    """The template escapes each piece; nothing in here makes markup of its own."""
    for remark in remarks(f"<b>Ik denk</b> {text}"):
        for piece in remark.pieces:
            assert "<" not in escape(piece.text)


def test_only_the_fields_for_facts_are_read():
    opinion = "Ik denk dat het zo is."
    found = opinions_in(dict.fromkeys(FIELDS, opinion))
    assert set(found) == {"facts", "history", "steps"}


def test_the_words_stand_in_one_sort_each():
    words = [word for sort in SORTS for word in sort.words]
    assert sorted(words) == sorted(set(words))
    assert all(word == word.lower() for word in words)
