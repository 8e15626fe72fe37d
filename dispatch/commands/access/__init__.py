"""Who comes in: users, their tokens and links, and who works on the machine itself."""

from dispatch.commands.access.known import authenticate, digest_of, still_good
from dispatch.commands.access.operators import LOGIN, manager_of, operator_of
from dispatch.commands.access.users import add_user, create_user, issue_token, revoke_user

__all__ = [
    "LOGIN", "add_user", "authenticate", "create_user", "digest_of", "issue_token", "manager_of", "operator_of",
    "revoke_user", "still_good",
]  # fmt: skip
