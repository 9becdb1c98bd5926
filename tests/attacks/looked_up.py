"""Which names a page looks up in its address: one that looks up none is the same for any query."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from unittest import mock

from django.http import QueryDict

BY_NAME = ("__getitem__", "__contains__", "getlist")
ALL = ("__iter__", "items", "lists", "values", "urlencode", "copy", "dict")


@contextmanager
def looked_up() -> Iterator[set[str]]:
    """Note the names that are looked up in a query meanwhile; an asterisk when all are read."""
    names: set[str] = set()

    def noting(real: Callable, by_name: bool) -> Callable:
        def call(query: QueryDict, *args: object, **kwargs: object) -> object:
            if not query._mutable:  # it is read, and not being put together
                names.add(str(args[0]) if by_name else "*")
            return real(query, *args, **kwargs)

        return call

    with ExitStack() as patched:
        for method in (*BY_NAME, *ALL):
            noted = noting(getattr(QueryDict, method), method in BY_NAME)
            patched.enter_context(mock.patch.object(QueryDict, method, noted))
        yield names
