"""How a header cell is compared: blanks, width, case, stars and remarks in brackets do not matter."""

import re
import unicodedata

DECORATION = re.compile(r"[\s_\-*:]+")
REMARK = re.compile(r"\([^()]*\)")


def header_key(text: str) -> str:
    """Return what two spellings of one header have in common."""
    return DECORATION.sub("", unicodedata.normalize("NFKC", text)).casefold()


def header_keys(cell: object) -> frozenset[str]:
    """Return every name the cell may go by: itself, itself without a remark, and each of its lines."""
    if not isinstance(cell, str) or not cell.strip():
        return frozenset()
    plain = unicodedata.normalize("NFKC", cell)
    names = (plain, REMARK.sub("", plain), *plain.splitlines())
    return frozenset(key for name in names if (key := header_key(name)))
