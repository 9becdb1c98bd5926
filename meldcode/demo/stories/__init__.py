"""The stories of the demo: one module for each part of the walk."""

from meldcode.demo.events import Story
from meldcode.demo.stories import (
    again,
    chain,
    closed,
    consulting,
    deciding,
    followed,
    founding,
    primary,
    severe,
    talking,
    watchful,
    weighing,
)

# The closed ones first: a pupil who comes back has the old case before the new one.
VLIERBOOM_STORIES: tuple[Story, ...] = (
    *closed.STORIES,
    founding.STORY,
    *again.STORIES,
    *chain.STORIES,
    *followed.STORIES,
    *deciding.STORIES,
    *weighing.STORIES,
    *talking.STORIES,
    *consulting.STORIES,
    *watchful.STORIES,
    *severe.STORIES,
)
ZEVEN_SCHEPEN_STORIES: tuple[Story, ...] = primary.STORIES
