"""The chain as a table: who passes on to whom, with consent or without, and in which states."""

import itertools

import pytest

from cases.protocol.parties import PARTIES
from cases.protocol.rules import BY_CODE
from referrals import chain
from referrals.chain import MOVES, ROUTES, State, Verdict
from referrals.diagram import PLACES
from referrals.models import MOMENTS, Feedback, Referral

KNOWN, UNUSUAL, IMPOSSIBLE = Verdict.KNOWN, Verdict.UNUSUAL, Verdict.IMPOSSIBLE

# From, to: what the chain says with consent, and without.
ASKED = {
    ("school", "buurtteam"): (KNOWN, UNUSUAL),
    ("school", "veilig_thuis"): (KNOWN, KNOWN),
    ("buurtteam", "save"): (KNOWN, UNUSUAL),
    ("buurtteam", "veilig_thuis"): (UNUSUAL, KNOWN),
    ("buurtteam", "raad"): (UNUSUAL, UNUSUAL),
    ("buurtteam", "buurtteam"): (IMPOSSIBLE, IMPOSSIBLE),
    ("save", "raad"): (KNOWN, KNOWN),
    ("save", "buurtteam"): (KNOWN, UNUSUAL),
    ("save", "veilig_thuis"): (UNUSUAL, UNUSUAL),
    ("veilig_thuis", "buurtteam"): (KNOWN, KNOWN),
    ("veilig_thuis", "save"): (KNOWN, KNOWN),
    ("veilig_thuis", "raad"): (KNOWN, KNOWN),
    ("raad", "save"): (UNUSUAL, UNUSUAL),
    ("other", "other"): (UNUSUAL, UNUSUAL),
}


@pytest.mark.parametrize("ends", ASKED, ids="-".join)
def test_the_ways_of_the_chain(ends):
    said = tuple(chain.judge_route(*ends, consented=consented) for consented in (True, False))
    assert said == ASKED[ends]


def test_every_way_names_a_rule_of_the_protocol_and_parties_that_there_are():
    for route in ROUTES:
        assert route.rule in BY_CODE
        assert {route.start, route.to} <= set(PARTIES)
    assert set(chain.RULE_OF.values()) | {chain.ANY_OTHER} <= set(BY_CODE)


def test_models_and_protocol_name_the_same_parties():
    assert set(Feedback.Party.values) == set(PARTIES)
    assert set(Referral.To.values) == set(PARTIES) - {"school"}
    assert [str(p.label) for p in Feedback.Party] == [str(name) for name in PARTIES.values()]
    assert PLACES


# The order of things, told apart from the table that is tested.
RANK = ["prepared", "sent", "received", "in_assessment", "accepted", "passed_on", "closed"]
FINAL = {State.PASSED_ON, State.CLOSED, State.WITHDRAWN}


def test_no_state_comes_before_it_was_sent_and_none_comes_back():
    for now, new in itertools.product(State, State):
        allowed = new in MOVES[now]
        if now in FINAL or now is new:
            assert not allowed
        elif State.WITHDRAWN in (now, new):
            assert allowed == (now is State.PREPARED)
        elif now is State.PREPARED:
            assert allowed == (new is State.SENT)
        else:
            assert allowed == (RANK.index(new) > RANK.index(now))


def test_only_some_look_into_it_first():
    said = {to: chain.judge_move(to, State.SENT, State.IN_ASSESSMENT) for to in Referral.To.values}
    assert {to for to, verdict in said.items() if verdict is KNOWN} == {
        "veilig_thuis", "save", "raad",
    }  # fmt: skip
    assert set(said.values()) == {KNOWN, UNUSUAL}


def test_every_state_but_the_first_has_its_moment():
    assert [State.PREPARED, *MOMENTS] == list(State)


def test_when_save_ends_the_buurtteam_is_responsible():
    assert chain.after_end("save") == "buurtteam"
    assert chain.after_end("veilig_thuis") == "school"
