"""What every part of a policy is made of."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

MAX_HOURS = 8_760
"""No term of a policy is longer than a year."""

LEGIBLE = r"^[^\x00-\x08\x0b-\x1f\x7f]*$"
"""Lines of text without hidden characters, which a database may not keep and a terminal may obey."""

Text = Annotated[str, StringConstraints(max_length=2000, pattern=LEGIBLE)]


class Document(BaseModel):
    """A part of a policy: never changed once made, and closed to unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True)
