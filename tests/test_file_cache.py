"""The cache of a house without Redis: what is used once is."""

from threading import Barrier, Thread

from meldcode.cache import FileCache

AT_ONCE, TRIES = 4, 25


def test_of_several_who_add_one_thing_one_does(tmp_path):
    """One code signed two in: Django looks whether it is there, and then writes it."""
    start, taken = Barrier(AT_ONCE), []

    def add() -> None:
        own = FileCache(str(tmp_path), {})
        for number in range(TRIES):
            start.wait()
            if own.add(f"code-{number}", True, 60):
                taken.append(number)

    hands = [Thread(target=add) for __ in range(AT_ONCE)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert sorted(taken) == list(range(TRIES))
