"""What every part of a policy is made of."""

from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from dispatch.domain.texts import seen_lines

MAX_HOURS = 8_760
"""No term of a policy is longer than a year."""

LEGIBLE = r"^[^\x00-\x08\x0b-\x1f\x7f]*$"
"""Lines of text without hidden characters, which a database may not keep and a terminal may obey."""

Seen = AfterValidator(seen_lines)
"""Of what a pattern cannot say: no character that nobody sees (``dispatch.domain.texts``)."""

Text = Annotated[str, StringConstraints(max_length=2000, pattern=LEGIBLE), Seen]


class Document(BaseModel):
    """A part of a policy: never changed once made, and closed to unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True)

    def __copy__(self) -> Self:
        """Copy the fields alone: what was once reckoned from them may not hold of a copy that differs."""
        copied = super().__copy__()
        for name in copied.__dict__.keys() - type(self).model_fields.keys():
            del copied.__dict__[name]
        return copied
