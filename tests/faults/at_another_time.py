"""Runs a program of the house on a machine whose clock is so many seconds off.

    python -m tests.faults.at_another_time 3600 celery -A meldcode beat

Nothing is installed for it: the library of the tests turns the clock of this one process and of
those that it forks. The clock of the database stays as it is, as on another machine.
"""

import runpy
import sys
import time

import time_machine


def main() -> None:
    """Turn the clock, and become the program."""
    __, seconds, module, *words = sys.argv
    sys.argv = [module, *words]
    with time_machine.travel(time.time(), tick=True) as clock:
        # Only now, for starting it takes a while: the clocks of several processes agree.
        clock.move_to(time_machine.escape_hatch.time.time() + float(seconds))
        time.time()  # the turned clock stands until somebody first asks it: importing takes seconds
        runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
