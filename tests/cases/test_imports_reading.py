"""What is read of a file: any table, EDEXML, dates; and what is refused, whoever sends it."""

from datetime import date

import pytest

from accounts.tables import Unreadable, read_table
from cases.imports.dates import read_date
from cases.imports.edexml import read_edexml
from cases.imports.fields import guess, holds_bsn, is_bsn
from cases.imports.read import read_columns, without_bsn
from cases.imports.rows import Row
from tests.attacks.proof import shows

TODAY = date(2026, 11, 26)
BORN = date(2015, 3, 4)
EDEX = """<?xml version="1.0" encoding="{encoding}"?>
<EDEX xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <school><schooljaar>2026-2027</schooljaar><brincode>99XX</brincode></school>
  <groepen>
    <groep key="G5"><naam>5A</naam><jaargroep>5</jaargroep></groep>
    <samengestelde_groep key="S1"><naam>Plusklas</naam></samengestelde_groep>
  </groepen>
  <leerlingen>
    <leerling key="L1"><achternaam>Berg</achternaam><voorvoegsel>van der</voorvoegsel>
      <roepnaam>Zoë</roepnaam><geboortedatum>2015-03-04</geboortedatum><geslacht>2</geslacht>
      <jaargroep>5</jaargroep><groep key="G5"/><samengestelde_groep key="S1"/>
      <emailadres>zoe@thuis.example</emailadres><bsn_ondwnr-4>123456782</bsn_ondwnr-4></leerling>
    <leerling key="L2"><achternaam>Bos</achternaam><voornamen>Sem Jan</voornamen>
      <geboortedatum>2016-01-31</geboortedatum><jaargroep>4</jaargroep></leerling>
    <leerling key="L3"><achternaam>Vos</achternaam><roepnaam>Mo</roepnaam>
      <groep key="G9"/></leerling>
  </leerlingen>
  <leerkrachten><leerkracht key="J1"><achternaam>Smit</achternaam><roepnaam>Jo</roepnaam>
    <groepen><groep key="G5"/></groepen></leerkracht></leerkrachten>
</EDEX>"""  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_edexml_gives_number_name_birth_date_and_class_and_nothing_more(encoding):
    read = read_edexml(EDEX.format(encoding=encoding).encode(encoding), TODAY)
    assert read.rows == (
        Row(9, "L1", "Zoë", "van der Berg", BORN, "5A"),
        Row(13, "L2", "Sem Jan", "Bos", date(2016, 1, 31), "Groep 4"),
    )
    assert [(one.line, one.code) for one in read.problems] == [(15, "no_group")]
    assert read.bsn == ("bsn_ondwnr-4",)


BOMB = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "haha"}">' for n in range(10))
DTD = '<!DOCTYPE EDEX SYSTEM "http://elders.example/x.dtd">'
HOSTILE = {
    "entities": f"<!DOCTYPE EDEX [{BOMB}]><EDEX>&e9;</EDEX>",
    "a file of ours": '<!DOCTYPE EDEX [<!ENTITY x SYSTEM "file:///etc/passwd">]><EDEX>&x;</EDEX>',
    "from elsewhere": f"{DTD}<EDEX/>",
    "parameters": '<!DOCTYPE EDEX [<!ENTITY % p SYSTEM "http://elders.example/"> %p;]><EDEX/>',
    "deep": f"<EDEX>{'<a>' * 100_000}",
    "attributes": "<EDEX><leerlingen><leerling "
    + " ".join(f'a{n}="1"' for n in range(100_000))
    + "/>",
    "one long attribute": f'<EDEX key="{"x" * 2_000_000}"/>',
    "a long name": "<EDEX><leerlingen><leerling key='1'><roepnaam>" + "x" * 500_000,
    "no end": "<EDEX><leerlingen><leerling key='1'>",
    "another root": "<html><leerlingen/></html>",
    "nothing in it": "<EDEX><leerlingen/></EDEX>",
    "too many": "<EDEX><leerlingen>" + "<leerling/>" * 10_001,
    "an unknown encoding": '<?xml version="1.0" encoding="klingon"?><EDEX/>',
    "no name": "<",
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_and_malformed_xml_is_refused(what):
    with pytest.raises(Unreadable) as refused:
        read_edexml(HOSTILE[what].encode(), TODAY)
    assert "passwd" not in str(refused.value)


def test_xml_of_which_the_letters_are_wrong_is_refused():
    with pytest.raises(Unreadable):
        read_edexml(EDEX.format(encoding="utf-8").encode("cp1252"), TODAY)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_a_table_of_any_kind_is_read(encoding, delimiter):
    lines = [
        ["Stamnr", "Roepnaam", "Tussenv", "Achternaam", "Klas", "Geb.datum", "BSN", "Nr.", "Adres"],
        ["17", "Zoë", "van der", "Berg", "2B", "4-3-2015", "-", "111222333", '"Straat;1,\n5"'],
        ["", "", "", "", "", "", "", "", ""],
        ["18", "Sem", "", "de Bos", "2B", "31 feb 2016", "-", "123456782", ""],
        ["19", " Mo  ", "van", "van Vos", "", "2016-01-31T00:00:00", "-", "", ""],
        ["20", "Li", "", '"Wei, van"', "3C", "01/02/16", "-", "999990020"],
    ]
    text = "\r\n".join(delimiter.join(cells) for cells in lines)
    table, bsn = without_bsn(read_table(text.encode(encoding)))
    assert bsn == ("BSN", "Nr.")  # by its heading; and by its numbers
    columns = guess(table.headings)
    read = read_columns(table, columns, bsn, TODAY)
    assert read.rows == (
        Row(2, "17", "Zoë", "van der Berg", BORN, "2B"),
        Row(6, "19", "Mo", "van Vos", date(2016, 1, 31), ""),
        Row(7, "20", "Li", "van Wei", date(2016, 2, 1), "3C"),
    )
    (problem,) = read.problems
    assert (problem.line, problem.code) == (5, "no_date")
    assert "31 feb 2016" in problem.reason
    # What the school said before comes before what headings say.
    assert guess(table.headings, {"given": "Klas", "family": "Achternaam"}) == {
        "given": table.headings.index("Klas"),
        "family": table.headings.index("Achternaam"),
    }


@shows("busy-7")
def test_empty_columns_behind_the_last_are_looked_through_once():
    # Left out one by one, a million took longer than a request may, and fell with it.
    table = read_table(b"Roepnaam;;Klas" + b";" * 1_000_000 + b"\nMo;Vos\n")
    assert table.headings == ("Roepnaam", "", "Klas")
    assert [row.cells for row in table.rows] == [("Mo", "Vos", "")]


@pytest.mark.parametrize(
    "content",
    [b"", b"Roepnaam", b"Roepnaam;Achternaam\n", b"PK\x03\x04rest", b"a;b\n\x00;1",
     b"\x81;\x8d\n1;2",
     b'a;b\n"' + b"x" * 200_000, b";".join([b"a"] * 101) + b"\n1;2", b"a;b\n" + b"1;2\n" * 10_002],
    ids=range(9),
)  # fmt: skip
def test_what_is_no_table_is_refused(content):
    with pytest.raises(Unreadable):
        read_table(content)


@pytest.mark.parametrize(
    "text",
    ["4-3-2015", "04/03/2015", "4.3.2015", "04-03-15", "2015-03-04", "20150304", "2015/3/4",
     "4 maart 2015", "4 mrt. 2015", "04-mrt-15", "2015-03-04T00:00:00Z", "4-3-2015 00:00"],
)  # fmt: skip
def test_a_day_is_read_as_the_dutch_write_it(text):
    assert read_date(text, TODAY) == BORN


@pytest.mark.parametrize(
    "text", ["31-2-2015", "3-13-2015", "gisteren", "4-3", "４-3-2015", "12345"]
)
def test_what_is_no_day_is_no_day(text):
    with pytest.raises(ValueError):  # noqa: PT011 - whichever of them says so
        read_date(text, TODAY)


BSNS = ("123456782", "111222333", "123456782", "111222333", "123456782")


@pytest.mark.parametrize(
    ("cells", "holds"),
    [
        (BSNS, True),
        ([f"{one[:4]} {one[4:6]} {one[6:]}" for one in BSNS], True),
        ([f"{one[:4]}-{one[4:6]}-{one[6:]}" for one in BSNS], True),
        ([f"0{one}" for one in BSNS], True),
        ([one.translate({48 + n: 0xFF10 + n for n in range(10)}) for one in BSNS], True),
        ([f"{one[:4]}_{one[4:6]}/{one[6:]}" for one in BSNS], True),
        ([f"BSN {one}" for one in BSNS], True),
        ([f"nr{one}-a" for one in BSNS], True),
        ([f"'{one}" for one in BSNS], True),
        ([f"{one[:4]}\u00ad{one[4:6]}\u200b{one[6:]}" for one in BSNS], True),
        ((*BSNS, "104"), True),  # and one of another kind
        ((*BSNS[:3], "104", "105"), False),
        (("104", "105", "106", "107"), False),
        (("", "123456782", "111222333"), False),  # too few to tell
    ],
)
def test_numbers_of_a_column_are_known_however_they_are_written(cells, holds):
    assert holds_bsn("Nummer", cells) is holds


def test_so_are_the_keys_of_edexml():
    pupils = "".join(
        f'<leerling key="{one}"><achternaam>Vos</achternaam><roepnaam>Mees</roepnaam>'
        "<geboortedatum>2015-03-04</geboortedatum></leerling>"
        for one in BSNS
    )
    read = read_edexml(f"<EDEX><leerlingen>{pupils}</leerlingen></EDEX>".encode(), TODAY)
    assert [row.key for row in read.rows] == [""] * len(BSNS)
    assert read.bsn == ("leerling key",)


def test_a_number_in_eleven_is_a_bsn():
    assert is_bsn("123456782")
    assert is_bsn("12345672") is is_bsn("012345672")
    assert not any(map(is_bsn, ("123456783", "000000000", "12345678", "1234567", "12345678a")))
