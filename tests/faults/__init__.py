"""What the house survives, tried for real: servers of its own are killed, emptied and filled up."""
