"""The body map: where an injury was seen, in the form, in the case, and in what leaves it."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from accounts.roles import Role
from cases.dossier.contents import dossier
from cases.dossier.pdf import as_html
from cases.errors import ActionError, Immutable
from cases.models import DossierExport
from cases.names import Family
from consultations.sharing import Veil, chosen, pieces_of, recorded
from signals.actions import correct_signal, file_signal
from signals.body import AT_MOST, BY_CODE, LEFT, REGIONS, VIEWS, Seen, View
from signals.drawing import SHAPES, WIDTH, _outline, figure, figures
from signals.models import InjuryMark, Signal
from tests.factories import (
    InjuryMarkFactory,
    PupilFactory,
    SignalCategoryFactory,
    SignalFactory,
    UserFactory,
    member,
)

pytestmark = pytest.mark.django_db

ARM = Seen("upper_arm_left", "bruise", "coin", "Paars")
BACK = Seen("lower_back", "red", "larger")
URL = reverse("signals:new")


@pytest.fixture
def pupil(school):
    return PupilFactory(school=school, given_name="Çağla", family_name="van der Zwaan")


def log(pupil, by, marks, key=None):
    return file_signal(
        pupil, by, key or uuid.uuid4(), categories=["tired"], marks=marks, facts="Liep mank.",
        observed_at=timezone.now(), severe=False, acute=False,
    )  # fmt: skip


def correct(signal, by, marks):
    return correct_signal(
        signal, by, uuid.uuid4(), reason="Anders.", categories=[], marks=marks, facts="Liep mank.",
        observed_at=timezone.now(), severe=False, acute=False,
    )  # fmt: skip


def marks_of(signal):
    return [(m.number, m.region, m.kind, m.size, m.note) for m in signal.marks.all()]


def test_marks_are_filed_with_their_signal_and_stay(pupil, teacher):
    key = uuid.uuid4()
    signal = log(pupil, teacher, [ARM, BACK], key)
    assert log(pupil, teacher, [ARM, BACK], key) == signal
    filed = [
        (1, "upper_arm_left", "bruise", "coin", "Paars"), (2, "lower_back", "red", "larger", ""),
    ]  # fmt: skip
    assert marks_of(signal) == filed
    # What was marked on a body is an injury, whatever else was ticked (R3, R5).
    assert signal.severe
    assert {category.code for category in signal.categories.all()} == {"tired", "injury"}
    with pytest.raises(Immutable):
        signal.marks.first().save()
    # A correction has marks of its own, and takes back no severity; the first version keeps its.
    newer = correct(signal, teacher, [])
    assert (marks_of(newer), newer.severe) == ([], True)
    assert marks_of(Signal.objects.get(pk=signal.pk)) == filed
    assert "injury" in {category.code for category in newer.categories.all()}
    third = correct(newer, teacher, [BACK])
    assert marks_of(third) == [(1, *filed[1][1:])]


@pytest.mark.parametrize(
    "marks", [[ARM] * (AT_MOST + 1), [Seen("tail", "bruise", "coin")], [Seen("chin", "", "coin")]]
)
def test_what_the_table_does_not_know_is_not_filed(pupil, teacher, marks):
    with pytest.raises(ActionError) as refused:
        log(pupil, teacher, marks)
    assert refused.value.field == "marks"
    assert not Signal.objects.exists()


def test_a_signal_is_no_longer_for_those_who_saw_nothing(pupil, teacher, signed_in):
    page = signed_in(teacher).get(URL).content.decode()
    before = page[: page.index("<summary>Zag je letsel?")]
    assert "open" not in before[before.rindex("<details") :]
    assert "Geen foto's van het lichaam van een kind" in page.replace("&#x27;", "'")
    signal = log(pupil, teacher, [])
    assert not signal.severe
    assert "body-seen" not in signed_in(teacher).get(_url(signal)).content.decode()


def test_without_script_rows_come_and_go_and_nothing_typed_is_lost(pupil, teacher, signed_in):
    client = signed_in(teacher)
    typed = {
        "pupil": pupil.public_id, "facts": "Trok zijn mouw omlaag.", "urgency": "normal",
        "observed_at": "2026-01-05T10:00", "categories": ["tired"],
        "marks-0-region": "upper_arm_left", "marks-0-note": "Paars <b>",
        "marks-1-region": "chin", "marks-1-kind": "cut", "marks-1-size": "pea",
    }  # fmt: skip
    more = client.post(URL, {**typed, "marks-add": "1"})
    assert more.status_code == 200
    assert [row["note"] for row in more.context["form"].mark_rows] == ["Paars <b>", "", ""]
    page = more.content.decode()
    assert 'id="div_id_marks"' in page
    assert page.count("data-mark>") == 4  # and the one that the script copies
    for kept in ("Trok zijn mouw omlaag.", 'value="upper_arm_left" selected', "Paars &lt;b&gt;"):
        assert kept in page
    assert "invalid-feedback" not in page
    fewer = client.post(URL, {**typed, "marks-remove": "0"}).context["form"].mark_rows
    assert [row["number"] for row in fewer] == [1]
    assert 'value="chin" selected' not in page[: page.index("marks-1-region")]
    # Wrong: told at the row and in the summary; right: filed.
    wrong = client.post(URL, typed)
    assert wrong.status_code == 422
    assert wrong.context["form"].errors.keys() == {"marks"}
    assert wrong.context["form"].errors["marks"] == [
        "Plek 1: Kies wat je zag.", "Plek 1: Kies hoe groot het was.",
    ]  # fmt: skip
    page = wrong.content.decode()
    assert 'aria-describedby="id_marks-0-kind_error"' in page
    assert "Paars &lt;b&gt;" in page
    many = {f"marks-{n}-{part}": value for n in range(AT_MOST + 1)
            for part, value in (("region", "chin"), ("kind", "cut"), ("size", "pea"))}  # fmt: skip
    over = client.post(URL, {**typed, **many})
    assert over.context["form"].errors["marks"] == [
        f"Geef hooguit {AT_MOST} plekken aan. Beschrijf de andere in woorden."
    ]
    assert len(over.context["form"].mark_rows) == AT_MOST + 1
    for note in ("a" * 201, "\x00"):
        refused = client.post(URL, {**typed, "marks-1-note": note}).context["form"]
        assert any("Schrijf het korter" in error for error in refused.errors["marks"])
    assert not InjuryMark.objects.exists()
    full = {**typed, "marks-0-kind": "bruise", "marks-0-size": "coin"}
    filed = client.post(URL, full)
    assert filed.status_code == 302
    signal = Signal.objects.get()
    assert [m[1:4] for m in marks_of(signal)] == [
        ("upper_arm_left", "bruise", "coin"), ("chin", "cut", "pea"),
    ]  # fmt: skip
    # A correction begins with what was marked, and its buttons keep what was typed too.
    url = reverse("signals:correct", args=[signal.reference])
    rows = client.get(url).context["form"].mark_rows
    assert [row["note"] for row in rows] == ["Paars <b>", ""]
    again = client.post(url, {**full, "reason": "Meer gezien.", "marks-add": "1"})
    assert len(again.context["form"].mark_rows) == 3
    assert "Meer gezien." in again.content.decode()


def _url(signal):
    return reverse("signals:detail", args=[signal.reference])


def test_marks_are_seen_by_who_sees_the_signal_and_nobody_else(
    pupil, teacher, coordinator, school, signed_in
):
    signal = log(pupil, teacher, [ARM, BACK])
    step = reverse("cases:step", args=[signal.case.reference, 1])
    whole = reverse("cases:whole", args=[signal.case.reference])
    said = "Bovenarm, voorkant, links van het kind"
    for who, url in ((teacher, _url(signal)), (coordinator, _url(signal)), (coordinator, step),
                     (coordinator, whole)):  # fmt: skip
        page = signed_in(who).get(url).content.decode()
        assert said in page
        assert page.count('<svg class="body-figure') == 2
    other = signed_in(member(Role.TEACHER, school))
    assert other.get(_url(signal)).status_code == other.get(step).status_code == 404


def test_a_paper_shows_marks_as_it_shows_facts(pupil):
    signal = SignalFactory(case__pupil=pupil, facts="Liep mank.")
    InjuryMarkFactory(signal=signal, note="Çağla, of was het Fatima, wees het aan")
    PupilFactory(school=pupil.school, given_name="Fatima", family_name="Ait Ben")
    case = signal.case

    def paper(variant):
        by = UserFactory(language="nl")
        export = DossierExport.objects.create(
            case=case, requested_by=by, reason="Inzage.", variant=variant,
            number=case.exports.count() + 1, hidden_words="Fatima", also=["told"],
        )  # fmt: skip
        return as_html(dossier(export, timezone.now()))

    assert "wees het aan" in paper("whole")
    parents = paper("parents")
    assert "Bovenarm, voorkant, links van het kind" in parents
    assert "<svg" in parents
    assert "Fatima" not in parents
    # What the pupil told, the parents do not read; no figure tells it either.
    SignalCategoryFactory(signal=signal, code="told_child")
    parents = paper("parents")
    assert "Bovenarm" not in parents
    assert "<svg" not in parents
    assert "<svg" in paper("for_pupil")
    # What a correction replaced.
    SignalFactory(case=case, corrects=signal, correction_reason="Fout.")
    assert "Bovenarm" not in paper("for_pupil")


def test_what_goes_along_with_a_question_names_nobody(pupil, coordinator):
    signal = SignalFactory(case__pupil=pupil)
    InjuryMarkFactory(signal=signal, note="Çağla liet het zien")
    with translation.override("nl"):
        keys = [one.key for one in pieces_of(recorded(signal.case), Veil())]
        (piece,) = chosen(signal.case, coordinator, keys, Veil(Family.of(pupil)))
        (plain,) = chosen(signal.case, coordinator, keys, Veil())
    assert "Blauwe plek · Als een munt van 2 euro" in piece.text
    assert "Çağla" in plain.text
    assert "Çağla" not in piece.text


def test_each_region_is_drawn_on_the_side_of_the_child():
    shapes = {one.code.removesuffix(f"_{one.side}") for one in REGIONS}
    assert shapes == set(SHAPES)
    for called in ("label", "choice"):
        assert len({getattr(one, called) for one in REGIONS}) == len(BY_CODE) == len(REGIONS)
    for view in VIEWS:
        drawn = figure(view)
        here = [one for one in REGIONS if one.view is view]
        assert drawn.count("data-region=") == len(here)
        for one in here:
            mark = InjuryMark(number=7, region=one.code)
            (shown,) = figures([mark])
            x = float(shown.split("<circle")[-1].split('cx="')[1].split('"')[0])
            # Who faces us has their left on our right; of a back it stands where it is.
            right = (one.side == LEFT) != (view is View.BACK)
            assert (x > WIDTH / 2) == right if one.side else x == WIDTH / 2, one.code
            assert shown.count("is-marked") == 1
            assert f'data-region="{one.code}"' in shown.split("is-marked")[1]


def test_of_all_that_can_be_marked_a_process_remembers_few_figures():
    front = [region.code for region in REGIONS if region.view is View.FRONT][:9]
    for number in range(2 ** len(front)):
        chosen = (code for place, code in enumerate(front) if number >> place & 1)
        figure(View.FRONT, [InjuryMark(number=1, region=code) for code in chosen])
    assert _outline.cache_info().currsize < 2 ** len(front)
