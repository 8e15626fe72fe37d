"""Soft rules: what a centre asks beyond the law, and may let go, in an order it states beforehand.

A rule that is not in this table is law, or guards someone, and never yields. The rule that a girl's
case goes to a woman yields automatically where no woman is feasible; a policy that names it here makes
it wait for its place in the order.
"""

from collections.abc import Iterable

from dispatch.domain.vocabulary import Term


# fmt: off
class Soft(Term):
    """Rules that may be relaxed for a case nobody else may or will take; the words are those of its history."""

    SERVES_AREA       = "serves_area",       "放宽服务区域条件", "the area served"
    WITHIN_REACH      = "within_reach",      "放宽距离条件",     "the distance"
    SPECIALISED       = "specialised",       "放宽专业特长条件", "the level in the cause of action"
    ASSESSMENT_PASSED = "assessment_passed", "放宽年度考核条件", "the annual assessment"
    SPEAKS_LANGUAGE   = "speaks_language",   "放宽语言条件，另行安排翻译", "the language, with an interpreter"
    GIRL_WOMAN        = "girl_woman",        "没有合适的女性承办人员时改派，并记录理由", \
                        "a woman for a girl's case, with a reason"
# fmt: on


BITS = {soft.value: 1 << place for place, soft in enumerate(Soft)}
"""How the rules relaxed for a case are encoded in one integer."""


YIELDING = {code: bit for code, bit in BITS.items() if code != Soft.GIRL_WOMAN}
"""Those that let everybody pass once relaxed; a woman still goes before a man while one is feasible."""


def bits_of(codes: Iterable[str]) -> int:
    """Return the rules relaxed for a case as one whole number."""
    return sum(BITS[code] for code in set(codes))
