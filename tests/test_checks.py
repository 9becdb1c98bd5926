"""What ``manage.py check --deploy`` says of how the house is set up."""

import pytest

from meldcode.checks import check_address


@pytest.mark.parametrize(
    ("address", "hosts", "tls", "holds"),
    [
        ("https://meldcode.example", ["meldcode.example"], True, True),
        ("https://meldcode.example:8443", ["meldcode.example"], True, True),
        ("http://meldcode.example", ["meldcode.example"], True, False),
        ("http://meldcode.example", ["meldcode.example"], False, True),
        ("http://localhost:8000", ["meldcode.example"], True, False),
        ("https://meldcode.example", ["www.meldcode.example"], True, False),
        ("meldcode.example", ["meldcode.example"], True, False),
    ],
)
def test_the_address_of_the_house_is_one_by_which_people_come(settings, address, hosts, tls, holds):
    settings.SITE_URL, settings.ALLOWED_HOSTS, settings.TLS = address, hosts, tls
    assert [one.id for one in check_address(None)] == ([] if holds else ["meldcode.E001"])
