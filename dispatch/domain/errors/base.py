"""What every error is: a class per fact, its docstring the English title, ``zh`` the Chinese one.

Keywords are the facts an interface may show: ids, codes and field names, never a person's name
or story. The domain knows no HTTP: the API assigns each error its status.
"""

from collections.abc import Mapping
from typing import Any, ClassVar


class DispatchError(Exception):
    """The request was refused."""

    zh: ClassVar[str] = "该操作未能完成"

    def __init__(self, **facts: Any) -> None:
        self.facts: Mapping[str, Any] = facts
        super().__init__(self.title("en"))

    @property
    def code(self) -> str:
        """Return the kebab-case slug of the class, such as ``not-eligible``."""
        name = type(self).__name__.removesuffix("Error")
        return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("-")

    def title(self, language: str) -> str:
        """Return the title in ``language``: Chinese for ``zh``, else English."""
        return self.zh if language == "zh" else str(type(self).__doc__)


def stated(zh: str, en: str) -> dict[str, str]:
    """Return a fact that is a sentence; it is shown in the reader's language."""
    return {"zh": zh, "en": en}


def leaves(root: type[DispatchError] = DispatchError) -> tuple[type[DispatchError], ...]:
    """
    Return every error that can occur: the classes without subclasses.

    The modules beside this one must have been imported, as ``dispatch.domain.errors`` does.
    """
    below = root.__subclasses__()
    return tuple(leaf for child in below for leaf in leaves(child)) if below else (root,)
