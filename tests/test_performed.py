"""Tables are performed: what a table names has a live caller, or it stands here with what it waits for.

Each list may only get shorter: a row that is performed must be taken out, and a new one needs its performer.
"""

import ast
from pathlib import Path

from dispatch.domain.lifecycle import Event
from dispatch.domain.permissions import Verb
from dispatch.domain.states import EndReason
from dispatch.domain.vocabulary import ModeName
from dispatch.modes import CHOICES, EVENTS
from dispatch.modes.openings import OPENERS

HOUSE = Path(__file__).parent.parent / "dispatch"

# fmt: off
EVENTS_WAITING: set[Event] = set()
VERBS_WAITING: set[Verb] = set()
REASONS_WAITING: dict[EndReason, str] = {}
# fmt: on


def named_in(kind: str, *rooms: str) -> set[str]:
    """The members of a vocabulary that the files of some rooms name, as ``Event.GRANT``."""
    paths = [path for room in rooms for path in (HOUSE / room).rglob("*.py")]
    nodes = [node for path in paths for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    return {
        node.attr for node in nodes
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == kind
    }  # fmt: skip


def chooses(source: str) -> set[ModeName]:
    """The modes whose choice a file asks for, as ``CHOICES[ModeName.OPTIMIZED]``."""
    return {mode for mode in ModeName if f"CHOICES[ModeName.{mode.name}](" in source}


def test_every_event_is_performed_by_a_command_or_waits():
    performed = named_in("Event", "casework", "commands")

    assert {event for event in Event if event.name not in performed} == set(EVENTS_WAITING)


def test_every_verb_is_asked_for_by_a_route_or_a_report_or_waits():
    # Reports are open to more readers than the names in them: the command asks.
    performed = named_in("Verb", "api", "commands/reports")

    assert {verb for verb in Verb if verb.name not in performed} == VERBS_WAITING


def test_every_reason_an_assignment_ends_for_is_given_or_waits():
    performed = named_in("EndReason", "casework", "commands")

    assert {reason for reason in EndReason if reason.name not in performed} == set(REASONS_WAITING)


def test_every_mode_that_chooses_does_so_on_the_live_path():
    texts = [path.read_text(encoding="utf-8") for path in (HOUSE / "casework").glob("*.py")]
    by_name = {mode for text in texts for mode in chooses(text)}
    by_step = {mode for mode, opener in OPENERS.items() if "CHOICES" in opener.__code__.co_names + _named_by(opener)}
    by_claims = {ModeName.GRAB} if any("winners(" in text for text in texts) else set()

    assert by_name | by_step | by_claims == set(CHOICES)


def test_every_modes_event_records_the_seats_it_gives():
    text = (HOUSE / "casework" / "assignment.py").read_text(encoding="utf-8")

    assert set(EVENTS) == set(ModeName)
    assert "EVENTS[mode]" in text


def _named_by(opener) -> tuple[str, ...]:
    """What the functions an opener calls name in turn."""
    called = (opener.__globals__.get(name) for name in opener.__code__.co_names)
    return tuple(name for each in called if hasattr(each, "__code__") for name in each.__code__.co_names)
