"""Users and tokens over the wire."""

from typing import Annotated

from pydantic import BaseModel, Field

from dispatch.api.schemas import Id, In, Out
from dispatch.domain.vocabulary import Role


class UserIn(In):
    """Someone who shall have access."""

    login: Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[\w.@-]+$", examples=["clerk-1"])]
    role: Role
    practitioner_code: Annotated[str | None, Field(max_length=60)] = None
    institution_code: Annotated[str | None, Field(max_length=60)] = None


class UserOut(Out):
    """A user."""

    id: Id
    login: str
    role: Role
    practitioner_id: str | None
    institution_id: str | None
    active: bool


class TokenOut(BaseModel):
    """A token, shown this once."""

    token: str


class UserMadeOut(BaseModel):
    """A new user and the token, which is shown this once."""

    user: UserOut
    token: str


class MeOut(Out):
    """Who asks, and what they may do."""

    user_id: str
    role: Role
    centre_id: str
    practitioner_id: str | None
    institution_id: str | None
    verbs: list[str]
