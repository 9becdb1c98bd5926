"""A case goes along to another school: a package that tells nobody else anything, and is whole."""

import base64
import hashlib
import io
import json
import re
import struct
import uuid
import zipfile
import zlib
from datetime import date, datetime

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pypdf import PdfReader

from accounts.roles import Role
from audit.models import LogEntry
from cases.dossier import actions
from cases.dossier.actions import Wish
from cases.dossier.tasks import make_dossier
from cases.dossier.telling import telling_of
from cases.dossier.variants import Code
from cases.errors import ActionError
from cases.files import actions as files
from cases.models import Attachment, Case, DossierExport, ReceivedDossier, ShutOut
from cases.transfer import sealing
from cases.transfer.contents import (
    Chapter,
    NotAPackage,
    Part,
    Passage,
    as_json,
    as_kept,
    chapters_of,
    read,
)
from cases.transfer.sealing import Broken, WrongPassword, opened, sealed
from signals.models import Signal
from tests.attacks.proof import shows
from tests.cases.made_up_files import two_in_one
from tests.cases.made_up_packages import PASSWORD, handed, locked_paper
from tests.conftest import COST_OF_A_PACKAGE
from tests.factories import (
    CaseFactory,
    PupilFactory,
    ReceivedDossierFactory,
    SchoolFactory,
    SignalFactory,
    member,
)

pytestmark = pytest.mark.django_db
BORN = date(2016, 5, 4)
WHY = "De leerling gaat na de zomer naar een andere school."


@pytest.fixture
def case(school):
    pupil = PupilFactory(
        school=school, given_name="Çağla", family_name="van der Zwaan", birth_date=BORN,
        class_name="3A",
    )  # fmt: skip
    PupilFactory(school=school, given_name="Fatima", family_name="Ait Ben", class_name="3A")
    case = CaseFactory(pupil=pupil)
    SignalFactory(case=case, facts="Blauwe plek, zag Fatima ook.", hearsay_from="Buurvrouw Ans")
    SignalFactory(case=case, facts="Was stil bij het ophalen.")
    return case


@pytest.fixture
def elsewhere():
    """The school that receives: of another board."""
    return SchoolFactory(name="De Horizon")


@pytest.fixture
def receiver(elsewhere):
    return member(Role.COORDINATOR, elsewhere)


def wish(case, **fields):
    chosen = [f"signals-{signal.pk}" for signal in case.signals.all()]
    return Wish(
        **{
            "variant": Code.SCHOOL, "chosen": tuple(chosen), "receiver": "De Horizon, M. Bakker",
            "ground": "consent", "account": "Beide ouders, op 3 maart, in het gesprek.",
            "password": PASSWORD, **fields,
        }
    )  # fmt: skip


def package_of(case, by, **fields):
    """Return the package, as the worker makes it."""
    export = actions.request_export(case, by, uuid.uuid4(), WHY, wish(case, **fields))
    make_dossier(str(export.public_id))
    export.refresh_from_db()
    with export.file.open("rb") as file:
        return file.read()


def sent(browser, package, password=PASSWORD, **fields):
    upload = SimpleUploadedFile("overdracht.zip", package, "application/zip")
    return browser.post(
        reverse("signals:receive"),
        {"file": upload, "password": password, "urgency": "normal", **fields},
    )


# --- Asking ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["receiver", "account", "password", "ground"])
def test_nothing_goes_out_without_whom_ground_account_and_password(case, coordinator, name):
    with pytest.raises(ActionError) as refused:
        actions.request_export(case, coordinator, uuid.uuid4(), WHY, wish(case, **{name: ""}))
    assert refused.value.field == name
    assert not DossierExport.objects.exists()


def test_for_whom_and_on_which_ground_stands_in_the_case_and_in_the_trail(case, coordinator):
    package_of(case, coordinator)
    export = DossierExport.objects.get()
    for said in ("De Horizon, M. Bakker", WHY, "Beide ouders, op 3 maart, in het gesprek."):
        assert said in export.reason
    assert LogEntry.objects.filter(kind="exported", actor=coordinator).exists()
    assert not export.sealed_password


def test_the_form_asks_whose_consent_it_takes_at_that_age(case, coordinator, signed_in):
    case.pupil.birth_date = date(2010, 1, 1)
    case.pupil.save()
    page = signed_in(coordinator).get(
        f"{reverse('cases:dossier', args=[case.reference])}?kind={Code.SCHOOL}"
    )
    text = page.content.decode()
    assert "alleen toestemming van de leerling zelf nodig" in text
    assert 'name="password"' in text
    assert 'name="receiver"' in text


# --- What is in it --------------------------------------------------------------------------------


def test_outside_the_password_nothing_tells_whom_it_is_about(case, coordinator):
    package = package_of(case, coordinator)
    members = zipfile.ZipFile(io.BytesIO(package))
    assert sorted(members.namelist()) == sorted(sealing.LIMITS)
    for name in members.namelist():
        data = members.read(name).decode("utf-8", "replace").lower()
        for word in ("zwaan", "la van", case.reference.lower(), "blauwe", coordinator.name.lower()):
            assert word not in data, (name, word)
    assert PdfReader(io.BytesIO(members.read("dossier.pdf"))).is_encrypted


def outside(package):
    """Return what of the paper is neither a text nor in a stream, without numbers."""
    pdf = zipfile.ZipFile(io.BytesIO(package)).read("dossier.pdf")
    bare = re.sub(rb"stream\r?\n.*?endstream", b"", pdf, flags=re.DOTALL)
    return set(re.findall(rb"/[A-Za-z]\w*", re.sub(rb"<[0-9a-f]{8,}>|\(.*?\)", b"", bare)))


def test_nor_which_letters_are_in_it_nor_how_many_records(case, coordinator):
    first = case.signals.order_by("pk").first()
    few = outside(package_of(case, coordinator, chosen=(f"signals-{first.pk}",)))
    case.pupil.given_name = "Żółć"
    case.pupil.save()
    many = outside(package_of(case, coordinator))
    assert few == many
    # Nor anything of fonts, of the tree of headings, or of where they are.
    assert few.isdisjoint({b"/BaseFont", b"/CIDToGIDMap", b"/StructElem", b"/H3", b"/Dests"})


def test_inside_stands_what_was_chosen_and_no_name_of_another_pupil_or_source(case, coordinator):
    first = case.signals.order_by("pk").first()
    package = package_of(case, coordinator, chosen=(f"signals-{first.pk}",))
    found = opened(io.BytesIO(package), PASSWORD)
    said = read(found.contents)
    assert (said.sender, said.name, said.birth_date) == (
        case.school.name, "Çağla van der Zwaan", BORN,
    )  # fmt: skip
    text = found.contents.decode()
    assert "Blauwe plek" in text
    assert "Was stil" not in text
    assert "Fatima" not in text
    assert "Ans" not in text
    assert said.records == 1
    paper = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(found.pdf)).pages)
    assert "Blauwe plek" in paper
    assert "Fatima" not in paper


# --- The seal -------------------------------------------------------------------------------------


def changed(package, name, change):
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(made, "w") as new:
        for one in old.namelist():
            data = old.read(one)
            entry = zipfile.ZipInfo(one, sealing.NO_DAY)  # as it was zipped
            new.writestr(entry, change(data) if one == name else data)
    return made.getvalue()


def other_byte(data):
    return data[:-9] + bytes([data[-9] ^ 1]) + data[-8:]


def resealed(package, name, content):
    """Return a package with another member, and a manifest that says so."""

    def said(data):
        manifest = json.loads(data)
        manifest["sha256"][name] = hashlib.sha256(content).hexdigest()
        return json.dumps(manifest, indent=1).encode()

    return changed(changed(package, name, lambda _: content), "manifest.json", said)


def test_another_byte_is_found_out_with_or_without_another_manifest(case, coordinator):
    package = package_of(case, coordinator)
    for name in ("LEES-MIJ.txt", "dossier.pdf", "dossier.sealed"):
        with pytest.raises(Broken):
            opened(io.BytesIO(changed(package, name, other_byte)), PASSWORD)
    for name in ("LEES-MIJ.txt", "dossier.pdf"):
        with pytest.raises(WrongPassword):
            opened(io.BytesIO(resealed(package, name, b"%PDF-1.7 anders %%EOF")), PASSWORD)
    with pytest.raises(WrongPassword):
        opened(io.BytesIO(package), PASSWORD + " ")


def test_a_member_more_one_that_swells_and_no_zip_at_all_are_refused(monkeypatch):
    package = sealed(as_json(handed()), b"%PDF-1.7 %%EOF", PASSWORD)
    more = io.BytesIO(package)
    with zipfile.ZipFile(more, "a") as file:
        file.writestr("../../weg.txt", b"x")
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as file:
        for name in sealing.LIMITS:
            file.writestr(name, b"0" * 6_000_000)
    for data in (more.getvalue(), bomb.getvalue(), b"PK\x03\x04", b"", package[:-40]):
        with pytest.raises(Broken):
            opened(io.BytesIO(data), PASSWORD)


# What was written in the packages before the seal covered it: these stay as they were.
READ_ME_BEFORE = """\
Dit is een dossier dat een school aan jouw school overdraagt.
Werk je met Meldcode? Pak het niet uit: kies ‘Dossier ontvangen’ onder ‘Casussen’ en stuur dit \
bestand zoals het is.
Werk je niet met Meldcode? Open dossier.pdf met het wachtwoord dat je per telefoon kreeg. De \
andere bestanden zijn voor Meldcode.
Het is vertrouwelijk: alleen voor wie het nodig heeft voor de zorg voor deze leerling. \
Verwachtte je dit niet? Open het dan niet en bel de afzender.
{strange_nl}
This is a dossier that a school hands over to your school.
Do you work with Meldcode? Do not unpack it: choose “Receive a dossier” under “Cases”, and send \
this file as it is.
Do you not? Open dossier.pdf with the password that you were told by telephone. The other files \
are for Meldcode.
It is confidential: only for those who need it for the care of this pupil. Did you not expect it? \
Then do not open it, and call the sender.
{strange_en}"""
STRANGE_NL = (
    "Ziet er iets vreemd uit? Stuur dossier.pdf terug naar de afzender: die kan nagaan of het is "
    "zoals het is gemaakt.\n"
)
STRANGE_EN = (
    "Does something in it look strange? Send dossier.pdf back to the sender: they can look whether "
    "it is as they made it.\n"
)


def package_of_before(read_me):
    """Return a package as it was made when its seal covered the paper alone."""
    salt, nonce, paper = b"s" * 16, b"n" * 12, locked_paper()
    digest = hashlib.sha256(paper).hexdigest()
    key = sealing._key(PASSWORD, salt)  # at what it costs in tests
    secret = AESGCM(key).encrypt(
        nonce, zlib.compress(as_json(handed())), f"meldcode-dossier/1/{digest}".encode()
    )
    manifest = {
        "format": "meldcode-dossier", "version": 1,
        "salt": base64.b64encode(salt).decode(), "nonce": base64.b64encode(nonce).decode(),
        "sha256": {"dossier.pdf": digest, "dossier.sealed": hashlib.sha256(secret).hexdigest()},
    }  # fmt: skip
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        file.writestr("LEES-MIJ.txt", read_me)
        file.writestr("manifest.json", json.dumps(manifest, indent=1))
        file.writestr("dossier.pdf", paper)
        file.writestr("dossier.sealed", secret)
    return made.getvalue()


@pytest.mark.parametrize(("strange_nl", "strange_en"), [("", ""), (STRANGE_NL, STRANGE_EN)])
def test_a_package_of_before_is_taken_with_what_meldcode_wrote_in_it(strange_nl, strange_en):
    read_me = READ_ME_BEFORE.format(strange_nl=strange_nl, strange_en=strange_en)
    found = opened(io.BytesIO(package_of_before(read_me)), PASSWORD)
    assert read(found.contents) == handed()
    with pytest.raises(Broken):
        opened(io.BytesIO(package_of_before(f"{read_me}Of bel 0900-1234.\n")), PASSWORD)


def test_no_package_is_made_into_one_of_before():
    """The version too stands under the seal: the lighter one is no way around the other."""
    package = sealed(as_json(handed()), locked_paper(), PASSWORD)
    read_me = READ_ME_BEFORE.format(strange_nl="", strange_en="")

    def older(data):
        said = json.loads(data)
        del said["sha256"]["LEES-MIJ.txt"]
        return json.dumps(said | {"version": 1}, indent=1).encode()

    forged = changed(changed(package, "manifest.json", older), "LEES-MIJ.txt", lambda _: read_me)
    with pytest.raises(WrongPassword):
        opened(io.BytesIO(forged), PASSWORD)


@pytest.mark.parametrize("more", [{"LEES MIJ": "Bel 0900-1234."}, {}])
def test_a_manifest_says_nothing_else(more):
    """It lies under no seal of its own, and somebody unpacks it and reads."""
    package = sealed(as_json(handed()), locked_paper(), PASSWORD)

    def otherwise(data):
        return json.dumps(more | json.loads(data), indent=1 if more else 2).encode()

    with pytest.raises(Broken):
        opened(io.BytesIO(changed(package, "manifest.json", otherwise)), PASSWORD)


def test_a_package_with_another_paper_for_other_readers_is_refused():
    """What Meldcode calls whole is what a colleague unpacks from the same file."""
    package = sealed(as_json(handed()), locked_paper(), PASSWORD)
    other = changed(package, "LEES-MIJ.txt", lambda data: b"Bel voor het wachtwoord. " * 200)
    both = two_in_one(other, package)
    with zipfile.ZipFile(io.BytesIO(both)) as read, zipfile.ZipFile(io.BytesIO(package)) as own:
        assert read.read("dossier.pdf") == own.read("dossier.pdf")
    with pytest.raises(Broken):
        opened(io.BytesIO(both), PASSWORD)
    assert opened(io.BytesIO(package), PASSWORD)


def test_contents_that_swell_within_the_seal_are_refused(monkeypatch):
    with monkeypatch.context() as theirs:
        theirs.setattr(sealing, "LARGEST_CONTENTS", 10_000_000)
        package = sealed(b" " * 6_000_000, b"%PDF-1.7 %%EOF", PASSWORD)
    assert len(package) < 20_000
    with pytest.raises(Broken):
        opened(io.BytesIO(package), PASSWORD)


def test_by_what_it_costs_in_production_it_opens_too(monkeypatch):
    assert COST_OF_A_PACKAGE == 2**15
    monkeypatch.setattr(sealing, "COST", COST_OF_A_PACKAGE)
    package = sealed(b"{}", locked_paper(), PASSWORD)
    assert opened(io.BytesIO(package), PASSWORD).contents == b"{}"
    monkeypatch.setattr(sealing, "COST", 2)
    with pytest.raises(WrongPassword):
        opened(io.BytesIO(package), PASSWORD)


def test_what_the_other_school_could_not_open_is_not_sealed(case, coordinator, monkeypatch):
    monkeypatch.setattr(sealing, "LARGEST_CONTENTS", 100)
    export = actions.request_export(case, coordinator, uuid.uuid4(), WHY, wish(case))
    make_dossier(str(export.public_id))
    export.refresh_from_db()
    assert (export.state, export.file.name) == (DossierExport.State.FAILED, "")


def test_what_is_read_is_what_was_written():
    assert read(as_json(handed())) == handed()
    assert chapters_of(json.loads(json.dumps(as_kept(handed().chapters)))) == handed().chapters


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2}, {"format": "anders"}, {"sender": None}, {"sender": "x" * 201},
        {"sender": ""}, {"sender": "\u200b\u2060 \u3164"},
        {"made_at": "gisteren"}, {"made_at": "2026-03-11T00:00:00"},
        {"made_at": "9999-12-31T23:59:59+00:00"}, {"made_at": "0001-01-01T00:00:00+01:00"},
        {"birth_date": 5},
        {"chapters": []}, {"chapters": {}}, {"chapters": [[]]}, {"chapters": [{"title": "x"}]},
        {"given_name": "a\x00b"}, {"reason": ["x"]},
        {"chapters": [{"title": "x", "parts": [{"title": "x"}]}]},
        {"chapters": [{"title": "x", "parts": [{
            "title": "x", "meta": "", "severe": "", "lines": [{"label": "x", "text": 3}]}]}]},
    ],
)  # fmt: skip
def test_contents_of_another_making_are_refused(change):
    data = json.loads(as_json(handed())) | change
    with pytest.raises(NotAPackage):
        read(json.dumps(data).encode())


def test_no_contents_at_all_are_refused_and_an_unknown_tone_is_a_plain_line():
    for data in (b"", b"[]", b"null", b"[" * 100_000, b"\xff\xfe"):
        with pytest.raises(NotAPackage):
            read(data)
    line = Passage("x", "y", "<script>")
    part = Part("x", "", "", (line,))
    said = read(as_json(handed(chapters=(Chapter("x", (part,)),))))
    assert said.chapters[0].parts[0].lines[0].tone == ""


# --- Receiving ------------------------------------------------------------------------------------


def test_taken_in_it_is_a_signal_a_file_and_to_be_read(
    case, coordinator, receiver, elsewhere, signed_in
):
    there = PupilFactory(
        school=elsewhere, given_name="Cagla", family_name="Van der Zwaan", birth_date=BORN
    )
    package = package_of(case, coordinator)
    browser = signed_in(receiver)
    answer = sent(browser, package)
    received = ReceivedDossier.objects.get()
    assert received.case.pupil == there
    signal = Signal.objects.get(case=received.case)
    # As from the page of any signal; from there to what came.
    assert answer.url == reverse("signals:detail", args=[signal.reference])
    to_read = reverse("cases:received", args=[received.case.reference, received.file.public_id])
    assert f'href="{to_read}"' in browser.get(answer.url).content.decode()
    assert received.sha256 == DossierExport.objects.get().sha256
    assert (signal.author, signal.hearsay_from, signal.severe) == (
        receiver, case.school.name, False,
    )  # fmt: skip
    assert "Blauwe plek" not in signal.facts
    page = browser.get(to_read).content.decode()
    assert "Blauwe plek" in page
    assert case.school.name in page
    assert received.sha256 in page
    with received.file.file.open("rb") as file:
        paper = PdfReader(file)
        assert not paper.is_encrypted
        assert "Blauwe plek" in "\n".join(page.extract_text() for page in paper.pages)
    listed = browser.get(reverse("cases:files", args=[received.case.reference])).content.decode()
    assert to_read in listed


@shows("package-2")
@pytest.mark.parametrize("zone", ["+23:59", "-16:00", "-23:59:59.5"])
def test_a_zone_that_no_database_takes_is_a_moment_all_the_same(
    case, receiver, elsewhere, signed_in, zone
):
    pupil = PupilFactory(school=elsewhere, given_name="Çağla", family_name="van der Zwaan",
                         birth_date=BORN)  # fmt: skip
    said = json.loads(as_json(handed(birth_date=pupil.birth_date)))
    said["made_at"] = f"2026-03-11T12:00:00{zone}"
    paper = locked_paper()
    assert (
        sent(signed_in(receiver), sealed(json.dumps(said).encode(), paper, PASSWORD)).status_code
        == 302
    )
    assert ReceivedDossier.objects.get().made_at == datetime.fromisoformat(said["made_at"])


def test_danger_that_the_other_school_told_of_is_a_severe_signal(
    case, coordinator, receiver, elsewhere, signed_in
):
    PupilFactory(school=elsewhere, given_name="Çağla", family_name="van der Zwaan", birth_date=BORN)
    sent(signed_in(receiver), package_of(case, coordinator), urgency="acute")
    signal = Signal.objects.get(case__school=elsewhere)
    assert signal.severe
    assert signal.acute
    assert signal.case.accelerated


def test_sent_twice_it_is_taken_in_once(case, coordinator, receiver, elsewhere, signed_in):
    PupilFactory(school=elsewhere, given_name="Çağla", family_name="van der Zwaan", birth_date=BORN)
    package, key = package_of(case, coordinator), uuid.uuid4()
    browser = signed_in(receiver)
    first = sent(browser, package, idempotency_key=str(key))
    assert sent(browser, package, idempotency_key=str(key)).url == first.url
    again = sent(browser, package)
    assert again.status_code == 422
    assert Case.objects.get(school=elsewhere).reference in again.content.decode()
    assert ReceivedDossier.objects.count() == 1
    assert Attachment.objects.count() == 1
    assert Signal.objects.filter(case__school=elsewhere).count() == 1


def test_where_nobody_or_two_have_that_name_somebody_says_who_it_is(
    case, coordinator, receiver, elsewhere, signed_in
):
    other = PupilFactory(
        school=elsewhere, given_name="Çağla", family_name="Jansen", birth_date=BORN
    )
    package, browser = package_of(case, coordinator), signed_in(receiver)
    asked = sent(browser, package)
    assert asked.status_code == 422
    assert 'name="pupil_query"' in asked.content.decode()
    doubted = sent(browser, package, pupil=str(other.public_id))
    assert doubted.status_code == 422
    assert doubted.context["form"].errors["same"]
    assert not ReceivedDossier.objects.exists()
    assert sent(browser, package, pupil=str(other.public_id), same="on").status_code == 302
    assert ReceivedDossier.objects.get().case.pupil == other


def test_nobody_of_another_school_can_be_chosen(case, coordinator, receiver, signed_in):
    package = package_of(case, coordinator)
    answer = sent(signed_in(receiver), package, pupil=str(case.pupil.public_id), same="on")
    assert answer.status_code == 422
    assert answer.context["form"].errors["pupil"]


def test_a_wrong_password_is_said_at_its_field_and_kept_nowhere(
    case, coordinator, receiver, signed_in, log
):
    package = package_of(case, coordinator)
    answer = sent(signed_in(receiver), package, password="niet dit wachtwoord")
    assert answer.context["form"].errors["password"]
    assert "niet dit wachtwoord" not in log.getvalue()
    answer = sent(signed_in(receiver), b"PK\x03\x04 geen zip")
    assert answer.context["form"].errors["file"]


def test_the_name_is_found_for_nobody_who_may_not_receive(case, coordinator, elsewhere, signed_in):
    PupilFactory(school=elsewhere, given_name="Çağla", family_name="van der Zwaan", birth_date=BORN)
    package = package_of(case, coordinator)
    for role in (Role.TEACHER, Role.SCHOOL_LEADER, Role.ADMINISTRATOR):
        assert sent(signed_in(member(role, elsewhere)), package).status_code == 404
    # Who teaches there and receives elsewhere finds nobody of there.
    both = member(Role.COORDINATOR, SchoolFactory())
    both.memberships.create(role=Role.TEACHER, school=elsewhere, starts_on=date(2020, 1, 1))
    assert sent(signed_in(both), package).status_code == 422
    assert not ReceivedDossier.objects.exists()


def test_who_is_kept_out_of_the_pupils_cases_hands_it_in_and_sees_nothing(
    case, coordinator, receiver, elsewhere, signed_in
):
    there = PupilFactory(
        school=elsewhere, given_name="Çağla", family_name="van der Zwaan", birth_date=BORN
    )
    leader = member(Role.SCHOOL_LEADER, elsewhere)
    ShutOut.objects.create(pupil=there, user=receiver, ground="family", set_by=leader)
    package = package_of(case, coordinator)
    browser = signed_in(receiver)
    answer = sent(browser, package)
    received = ReceivedDossier.objects.get()
    signal = Signal.objects.get(case=received.case)
    assert answer.url == reverse("signals:detail", args=[signal.reference])
    assert "Lees het dossier" not in browser.get(answer.url).content.decode()
    page = reverse("cases:received", args=[received.case.reference, received.file.public_id])
    assert browser.get(page).status_code == 404
    # Nor does a second time tell that it is there.
    assert sent(browser, package).status_code == 302


def test_withdrawn_it_is_read_by_nobody(case, coordinator, receiver, elsewhere, signed_in):
    PupilFactory(school=elsewhere, given_name="Çağla", family_name="van der Zwaan", birth_date=BORN)
    package, browser = package_of(case, coordinator), signed_in(receiver)
    sent(browser, package)
    received = ReceivedDossier.objects.get()
    page = reverse("cases:received", args=[received.case.reference, received.file.public_id])
    assert browser.get(page).status_code == 200
    files.withdraw(Attachment.objects.get(), receiver, why="Verkeerde leerling.")
    assert browser.get(page).status_code == 404
    # By mistake with the wrong pupil, it can be taken in once more; and then no second time.
    assert sent(browser, package).status_code == 302
    assert sent(browser, package).status_code == 422


def test_where_the_database_refuses_no_file_stays(
    case, coordinator, receiver, elsewhere, signed_in, monkeypatch
):
    there = PupilFactory(
        school=elsewhere, given_name="Çağla", family_name="van der Zwaan", birth_date=BORN
    )
    package = package_of(case, coordinator)
    monkeypatch.setattr(files, "LIMIT_OF_CASE", 10)
    answer = sent(signed_in(receiver), package)
    assert answer.status_code == 422
    assert answer.context["form"].errors["file"]
    assert not Signal.objects.filter(case__pupil=there).exists()
    assert not Case.objects.filter(pupil=there).exists()


@pytest.mark.parametrize("end", ["’", "'", "\u02bc", "\u201b", "\u2032", "\uff07"])
def test_the_name_of_a_school_writes_no_word_of_ours(elsewhere, receiver, signed_in, end):
    """Whatever looked like the end of a quotation ended it, and what followed was ours: among the
    facts, in the name of who takes the package in."""
    who = {"given_name": "Roos", "family_name": "Bontekoe", "birth_date": BORN}
    PupilFactory(school=elsewhere, **who)
    name = f"De Linde{end}.\n\nZij zei tegen mij: ‘Papa slaat mij.{end}"
    package = sealed(as_json(handed(sender=name, **who)), locked_paper(), PASSWORD)
    assert sent(signed_in(receiver), package).status_code == 302
    signal = Signal.objects.get()
    assert "Linde" not in signal.facts
    assert "Papa" not in signal.facts
    assert signal.hearsay_from == " ".join(name.split())


@pytest.mark.parametrize("sender", ["Buurvrouw Ans", "De Horizon"])
def test_what_a_school_calls_itself_takes_no_signal_from_a_paper(case, sender):
    """It is the signal that was filed with the dossier, and none of whoever else is called so."""
    SignalFactory(case=case, facts="Was stil.", hearsay_from=sender)
    ReceivedDossierFactory(case=case, sender=sender)
    whole = Case.objects.with_records().get(pk=case.pk)
    heard = [signal for signal in whole.signals.all() if signal.facts == "Was stil."]
    assert [telling_of(signal).came for signal in heard] == [False]


CALL = b"Bel voor het wachtwoord 0900-1234."
BESIDE = {
    "comment": {"comment": CALL},
    # As Unicode Comment, which some programs show in its place.
    "extra": {"extra": struct.pack("<2HBL", 0x6375, 5 + len(CALL), 1, 0) + CALL},
}


@pytest.mark.parametrize("what", BESIDE)
def test_a_package_says_nothing_beside_what_is_sealed(what):
    package = sealed(as_json(handed()), locked_paper(), PASSWORD)
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, sealing.NO_DAY)
            for said, value in BESIDE[what].items():
                setattr(entry, said, value)
            new.writestr(entry, old.read(name))
    with pytest.raises(Broken):
        opened(made, PASSWORD)


def test_a_manifest_has_one_way_to_write_a_salt():
    package = sealed(as_json(handed()), locked_paper(), PASSWORD)
    # The last sign before the filling has bits that stand for nothing.
    signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

    def otherwise(data):
        said = json.loads(data)
        salt = said["salt"]
        said["salt"] = f"{salt[:-3]}{signs[signs.index(salt[-3]) ^ 1]}=="
        return json.dumps(said, indent=1).encode()

    with pytest.raises(Broken):
        opened(io.BytesIO(changed(package, "manifest.json", otherwise)), PASSWORD)
