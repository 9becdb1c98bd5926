"""Searches as they stand in an address: sealed, for who asks."""

from urllib.parse import parse_qsl, urlencode

from django.urls import reverse

from cases.search.sealed import opened, sealed


def address(name, words, user, **more):
    """Return the address of a page on which somebody searched words."""
    return f"{reverse(name)}?{urlencode({'q': sealed(words, user), **more})}"


def read(address, user):
    """Return what an address asks for, with the words that it holds sealed for somebody."""
    asked = dict(parse_qsl(address.partition("?")[2]))
    return {**asked, "q": opened(asked["q"], user)} if "q" in asked else asked


def search(browser, name, **fields):
    """Search as the form of a page does; return what is shown in the end."""
    return browser.post(reverse(name), fields, follow=True)
