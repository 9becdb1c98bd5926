"""What the house survives, tried for real: servers of its own are killed, emptied and filled up."""

import pytest

# What must be true after a fault is asserted there, and says what is not.
pytest.register_assert_rewrite("tests.faults.outcome")
