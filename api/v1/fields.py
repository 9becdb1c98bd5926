"""The kinds of values that the API takes: exactly what the description says, and nothing like it.

Django's and pydantic's own would take "20150131", 1422662400 and week 5 for a day as well.
"""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StrictBool,
    StrictInt,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from accounts.forms import storable

DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,6})?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)
Yes, Number = StrictBool, StrictInt


class Sent(BaseModel):
    """What is sent: a name that the description does not know is refused, never left aside.

    pydantic's own and not ninja's: that looks at each value twice, and a list has thousands.
    """

    model_config = ConfigDict(extra="forbid")


def _day(value: Any) -> date:
    try:
        if isinstance(value, str) and DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise PydanticCustomError("day", "no day")


def _moment(value: Any) -> datetime:
    """Return a moment by the clock of Greenwich: PostgreSQL takes no zone beyond sixteen hours."""
    try:
        if isinstance(value, str) and MOMENT.fullmatch(value):
            return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError):  # the latter at the ends of time
        pass
    raise PydanticCustomError("moment", "no moment")


def _text(value: str) -> str:
    if not storable(value):
        raise PydanticCustomError("text", "cannot be stored")
    return value


Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Moment = Annotated[
    datetime, BeforeValidator(_moment), WithJsonSchema({"type": "string", "format": "date-time"})
]
Text = Annotated[str, AfterValidator(_text)]
