"""What is asked of somebody, and what they wait for: one list over all rooms.

Each room says in a table of its own what it asks of people (``registry.declare``), so that this
one knows none of them.
"""
