"""Tables are performed: what a table names has a live caller, or it stands here with what it waits for.

Each list may only get shorter: a row that is performed must be taken out, and a new one needs its performer.
"""

import ast
from collections.abc import Iterable
from pathlib import Path

import pytest

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


BY_HOST = {"advance", "note", "record"}
"""How an event comes about: a host goes by it, or writes it down."""


def performed_in(sources: Iterable[str]) -> set[str]:
    """The events that stand where they are performed: handed to a host, or to a function that hands them to one.

    Those of ``EVENTS`` are handed on as the event of a decision.
    """
    trees = [ast.parse(source) for source in sources]
    functions = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    names, before = {"Decision"}, 0
    while len(names) > before:
        before = len(names)
        names |= {each.name for each in functions if "event" in handed_on(each, names)}
    defaults = {
        name for each in functions if each.name in names for value in each.args.defaults for name in events_in(value)
    }
    return defaults | {name for tree in trees for name in handed_on(tree, names)}


def handed_on(tree: ast.AST, names: set[str]) -> set[str]:
    """The events, or the name ``event`` itself, that are arguments of a call of one of these."""
    found = set()
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        way = call.func.attr if isinstance(call.func, ast.Attribute) else ast.unparse(call.func)
        # Without a host `advance` only asks whether the event may be.
        hosted = way in BY_HOST and (isinstance(call.func, ast.Attribute) or way == "record")
        if hosted or way in names:
            for value in (*call.args, *(keyword.value for keyword in call.keywords)):
                found |= {"event"} if isinstance(value, ast.Name) and value.id == "event" else events_in(value)
    return found


def events_in(value: ast.AST) -> set[str]:
    """An event as a value: by its name, or one of two by a condition."""
    if isinstance(value, ast.IfExp):
        return events_in(value.body) | events_in(value.orelse)
    return {value.attr} if isinstance(value, ast.Attribute) and ast.unparse(value.value) == "Event" else set()


def chooses(source: str) -> set[ModeName]:
    """The modes whose choice a file asks for, as ``CHOICES[ModeName.OPTIMIZED]``."""
    return {mode for mode in ModeName if f"CHOICES[ModeName.{mode.name}](" in source}


def test_every_event_is_performed_by_a_command_or_waits():
    """How each row of the table comes about is gone through in `tests/commands/life/test_every_way.py`."""
    paths = [path for room in ("casework", "commands") for path in (HOUSE / room).rglob("*.py")]
    performed = performed_in(path.read_text(encoding="utf-8") for path in paths) | {
        each.name for each in EVENTS.values()
    }

    assert {event for event in Event if event.name not in performed} == EVENTS_WAITING


@pytest.mark.parametrize(
    ("source", "performed"),
    [
        ("host.advance(case, Event.SIGN)", True), ("tx.record(case, Event.SIGN)", True),
        ("seats = Seating(host, Decision(mode, Event.SIGN))", True),
        ("def end(host, event): host.note(case, event)\nend(host, Event.EXPIRE if late else Event.SIGN)", True),
        ("def end(host, event=Event.SIGN): host.advance(case, event)", True),
        ("def leave(event): end(event)\ndef end(event): host.advance(case, event)\nleave(Event.SIGN)", True),
        ("advance(case.status, Event.SIGN)", False), ("clocks.follow(host, case, Event.SIGN)", False),
        ("raise IllegalTransitionError(status=status, event=Event.SIGN.value)", False),
        ("if entry.event is Event.SIGN: host.advance(case, Event.UNDERTAKE)", False),
        ("def look(event): return event in KNOWN\nlook(Event.SIGN)", False),
    ],
)  # fmt: skip
def test_event_that_is_only_mentioned_is_not_performed(source, performed):
    assert ("SIGN" in performed_in([source])) == performed


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
