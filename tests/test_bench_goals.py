"""The one table of all goals: of several benches, and what is missed in it."""

from bench.goals import FILE, Goal, main, verdict

HOLDS = Goal("a page, times the floor", 2.4, 2.5)
SLOWER = Goal("a list, times faster", 9.9, 10, at_least=True)


def test_benches_write_down_their_goals_for_one_table(tmp_path, monkeypatch, capsys):
    file = tmp_path / "goals"
    monkeypatch.setenv(FILE, str(file))
    assert verdict("pages", [HOLDS]) == 0
    assert main([str(file)]) == 0
    assert verdict("peers", [SLOWER]) == 1
    capsys.readouterr()
    assert main([str(file)]) == 1
    assert capsys.readouterr().out.splitlines()[2:] == [
        "| pages | a page, times the floor | 2.40 | at most 2.5 | holds |",
        "| peers | a list, times faster | 9.90 | at least 10 | **missed** |",
    ]


def test_a_goal_is_reached_at_its_limit_and_without_any_there_is_no_verdict(tmp_path, capsys):
    assert Goal("at most", 2.5, 2.5).holds
    assert Goal("at least", 10, 10, at_least=True).holds
    nothing = tmp_path / "goals"
    nothing.touch()
    assert main([str(nothing)]) == 1
