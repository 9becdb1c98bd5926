"""An answer in pieces that nobody read to its end takes nothing from the test that runs by then."""

import pytest
from django.test.client import closing_iterator_wrapper
from django.urls import reverse

from accounts.after_response import AfterResponseMiddleware
from accounts.models import School

pytestmark = pytest.mark.django_db


def test_it_is_thrown_away_in_the_middle_of_another_one(client, monkeypatch):
    left = closing_iterator_wrapper(iter([b"one", b"two"]), lambda: None)
    next(left)
    answers = AfterResponseMiddleware.__call__

    def answer(self, request):
        response = answers(self, request)
        response._resource_closers.insert(0, left.close)
        return response

    monkeypatch.setattr(AfterResponseMiddleware, "__call__", answer)
    client.get(reverse("account_login"))
    assert not School.objects.exists()
