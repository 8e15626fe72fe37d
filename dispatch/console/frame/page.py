"""What a page is: one row of a table, from its address to the act behind each of its buttons."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from starlette.responses import Response

from dispatch.console.frame.visit import FilledForm, Visit
from dispatch.domain.permissions import PERMISSIONS, Actor, Verb
from dispatch.domain.vocabulary import Role, Term

LocalizedText = tuple[str, str]
"""One text in Chinese and in English."""

Context = Mapping[str, Any]
Show = Callable[[Visit], Context | Response]
"""Returns what a page's template is filled with, or a file in its place."""

Do = Callable[[Visit, FilledForm], str | Response | None]
"""Gives one command and returns where to go then; None is the page itself."""


# fmt: off
class Menu(Term):
    """Groups of the menu, in the order they are shown."""

    WORK   = "work",   "业务办理", "Work"
    PEOPLE = "people", "名册",     "Roster"
    RULES  = "rules",  "指派方案", "Policies"
    WATCH  = "watch",  "监督",     "Oversight"
    ADMINISTRATION = "administration", "系统管理", "Administration"
    SELF   = "self",   "本人",     "Yourself"
# fmt: on


class PageAct(NamedTuple):
    """A button of a page: one command, then the page again, or another."""

    do: Do
    done: LocalizedText
    """What is said when it has succeeded."""

    verbs: tuple[Verb, ...] = ()
    """Who may: anyone who has one of them; left out, anyone who sees the page."""

    once: bool = True
    """Whether the form's key makes a repetition harmless; not where something is only looked up or shown this once."""

    upload: bool = False
    """Whether a file comes with it."""


class ConsolePage(NamedTuple):
    """A page: where it is, who sees it, what it is called, what it shows, what may be done on it."""

    path: str
    """Below the console, such as ``/cases/{case_id}``."""

    name: str
    """Unique; the log and the metrics name it so."""

    verbs: tuple[Verb, ...]
    """Who sees it: anyone who has one of them; empty, every visitor, signed in or not."""

    title: LocalizedText
    help: LocalizedText
    """One sentence below the title: what the page is for."""

    show: Show
    template: str = ""
    menu: Menu | None = None
    """Where the menu has it; a page without is reached from another."""

    acts: Mapping[str, PageAct] = {}
    """By the last part of the address they are posted to."""

    roles: frozenset[Role] = frozenset(Role)
    """Whose menu has it, of those who may see it."""

    confirmed: bool = False
    """Whether the password must have been given lately for the page to be shown."""


class ConsoleFeed(NamedTuple):
    """What a page's script asks for automatically: a list as data, or a stream that goes on."""

    path: str
    name: str
    verbs: tuple[Verb, ...]
    answer: Callable[[Visit], Response]


def sees(page: ConsolePage, actor: Actor) -> bool:
    """Whether somebody may see a page."""
    return not page.verbs or not PERMISSIONS[actor.role].isdisjoint(page.verbs)


def menu_of(pages: tuple[ConsolePage, ...], actor: Actor | None) -> list[tuple[Menu, list[ConsolePage]]]:
    """Return what the menu of somebody has, by its groups."""
    mine = [page for page in pages if actor and page.menu and sees(page, actor) and actor.role in page.roles]
    groups = [(group, [page for page in mine if page.menu is group]) for group in Menu]
    return [(group, members) for group, members in groups if members]
