"""What every part of a policy is made of."""

from pydantic import BaseModel, ConfigDict


class Document(BaseModel):
    """A part of a policy: never changed once made, and closed to unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)
