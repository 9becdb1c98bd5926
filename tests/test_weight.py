"""What a page weighs on a slow line: its markup and all that it fetches, as they are sent."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

from tests.test_role_matrix import arguments

# Bytes, compressed as the proxy does it, on a first visit; and how many things are fetched.
MOST, MOST_FILES = 200 * 1024, 30
STATIC = re.compile(r'(?:href|src|xlink:href)="/static/([^"#?]+)')
FETCHED = (".css", ".js", ".svg")
# What each comes for, and the form that is filled in between two lessons.
PAGES = (
    ("account_login", None),
    ("todo", "teacher"),
    ("signals:new", "teacher"),
    ("cases:dashboard", "coordinator"),
    ("cases:detail", "coordinator"),
    ("consultations:inbox", "joined"),
)


def weight(content: bytes) -> int:
    return len(gzip.compress(content, 6))


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "who"), PAGES, ids=[name for name, __ in PAGES])
def test_a_first_page_stays_light(name, who, world, client, signed_in):
    browser = signed_in(world.people[who]) if who else client
    page = browser.get(reverse(name, args=arguments(name, world)))
    assert page.status_code == 200
    files = {path for path in STATIC.findall(page.content.decode()) if path.endswith(FETCHED)}
    sizes = {path: weight(Path(finders.find(path)).read_bytes()) for path in files}
    assert {"css/tokens.css", "js/meldcode.js", "vendor/htmx/htmx.min.js"} <= set(sizes)
    total = weight(page.content) + sum(sizes.values())
    print(f"{name}: {total // 1024} KB, {len(files)} files")  # noqa: T201 - asked for by its reader
    assert total < MOST, sizes
    assert len(files) < MOST_FILES, sorted(files)
