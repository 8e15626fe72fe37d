"""Keeps a whole service running on one machine, empty or with the sample city in it."""

from collections.abc import Iterator
from contextlib import closing
from datetime import time
from itertools import islice
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table

from dispatch.demo.accounts import DemoAccount, add_accounts, kept_accounts
from dispatch.demo.client import Client
from dispatch.demo.flow import import_all
from dispatch.demo.seed_centre import Tokens, add_practitioner_user, keep_tokens, kept_tokens, open_centre
from dispatch.demo.show import SEED
from dispatch.demo.stack import LOGS, Address, Stack, run_stack, unwind_when_asked_to_end, utc_now
from dispatch.demo.steps import CheckFailedError, steps
from dispatch.demo.trials import city_trial
from dispatch.demo.words import Invitation, Phase
from dispatch.domain.policy.chain_schema import Chain, Step
from dispatch.domain.policy.schema import Policy
from dispatch.domain.vocabulary import Category, Matter, ModeName, Role, Status
from dispatch.embedded.supervisor import to_files, to_stdout
from dispatch.settings import Settings
from dispatch.simulation.sample.city import CITY, Size

FOLDER = "city"


def serve(host: str, port: int, with_city: bool, language: str) -> None:
    """Run everything until asked to stop; a second start takes up the data of the first."""
    unwind_when_asked_to_end()
    console = Console()
    folder = Settings().data_dir / (FOLDER if with_city else "")
    # Tokens must not scroll away under what the processes say.
    sink = to_files(folder / LOGS) if with_city else to_stdout
    with run_stack(folder, Address(host, port), sink) as home:
        console.print(f"{Invitation.API.label(language)}: {home.url}/v1", highlight=False)
        console.print(f"{Invitation.DOCS.label(language)}: {home.url}/docs", highlight=False)
        if with_city:
            invite(console, home, settle(console, home, language), language)
            console.print(f"{Invitation.LOGS.label(language)}: {folder / LOGS}")
            # Last, so that it stays on the screen: what most people came for.
            welcome(console, home, language)
        else:
            console.print(Invitation.EMPTY.label(language))
        console.print(Invitation.STOP.label(language))
        home.supervisor.wait_for_signal()


def settle(console: Console, home: Stack, language: str, size: Size = CITY) -> Tokens:
    """Return the tokens of the city; it is brought in at the first start and found again later."""
    tokens = kept_tokens(home.folder)
    if tokens and admitted(home, tokens):
        return tokens
    now = utc_now()
    with steps(console, language) as timed:
        with timed.step(Phase.DRAW):
            trial = city_trial(home.folder, SEED, now, size)
        centre = f"city-{now:%m%d%H%M}"
        policy = with_every_mode(trial.policy)
        centre_id, tokens = open_centre(home.begin, now, trial.name, trial.areas, policy, centre)
        with closing(Client(home.url, tokens[Role.MANAGER], language)) as client:
            with timed.step(Phase.IMPORT) as notify:
                import_all(client, trial, notify)
            ties: dict[Role, dict[str, str]] = {}
            if person := find_person(client):
                tokens |= add_practitioner_user(home.begin, now, centre_id, person["code"])
                house = client.get(f"/v1/institutions/{person['attributes']['institution_id']}")
                ties[Role.PRACTITIONER] = {"practitioner_code": person["code"]}
                ties[Role.INSTITUTION] = {"institution_code": house["code"]}
        add_accounts(home, utc_now(), centre_id, centre, ties)
    keep_tokens(home.folder, tokens)
    return tokens


def with_every_mode(policy: Policy) -> Policy:
    """Return the policy with a chain for rotation, an office that never closes, and no limit of cases a month.

    So modes can be tried at any hour, and one person may be given the cases of many days in one.
    """
    runs = policy.runs.model_copy(update={"opens": time(), "closes": time()})
    caps = policy.caps.model_copy(update={"per_month": None})
    return policy.model_copy(update={"chains": (BY_TURNS, *policy.chains), "runs": runs, "caps": caps})


def admitted(home: Stack, tokens: Tokens) -> bool:
    """Whether the register still knows the tokens: another database may be here now."""
    with closing(Client(home.url, tokens[Role.MANAGER])) as client:
        try:
            return bool(client.get("/v1/me"))
        except CheckFailedError:
            return False


def invite(console: Console, home: Stack, tokens: Tokens, language: str) -> None:
    """Print who may come in and what to try."""
    table = Table(box=None, pad_edge=False)
    table.add_column(Invitation.ROLE.label(language))
    table.add_column(Invitation.TOKEN.label(language), no_wrap=True)
    for role, token in tokens.items():
        table.add_row(Role(role).label(language), token)
    console.print(table)
    for name, role in EXPORTED.items():
        if role in tokens:
            console.print(f"export {name}={tokens[role]}", soft_wrap=True, highlight=False)
    for name, value in (("URL", home.url), ("DISPATCH_DATA_DIR", home.folder.absolute())):
        console.print(f"export {name}={value}", soft_wrap=True, highlight=False)
    for request in REQUESTS:
        console.print(request, soft_wrap=True, highlight=False, markup=False)
    console.print(Invitation.BOARD.label(language))
    case_id = case_to_post(home, tokens) or "CASE_ID"
    for request in BOARD:
        console.print(request.replace("CASE_ID", case_id), soft_wrap=True, highlight=False, markup=False)


def welcome(console: Console, home: Stack, language: str) -> None:
    """Print where the console is, and who signs in to it by what."""
    accounts = kept_accounts(home)
    console.print(f"\n{Invitation.CONSOLE.label(language)}: {home.url}/console/", highlight=False)
    for password in dict.fromkeys(account.password for account in accounts):
        console.print(f"{Invitation.PASSWORD.label(language)}: {password}", highlight=False)
    console.print(accounts_table(accounts, language))


def accounts_table(accounts: list[DemoAccount], language: str) -> Table:
    """Return who signs in to the console, and the codes of those who need one."""
    table = Table(box=None, pad_edge=False)
    # What is copied stays on one line, however narrow the window is.
    for heading in (Invitation.ROLE, Invitation.LOGIN, Invitation.CODES):
        table.add_column(heading.label(language), no_wrap=heading is not Invitation.CODES)
    for account in accounts:
        role = Role(account.role).label(language)
        table.add_row(role, account.login, " ".join(account.codes))
    return table


def case_to_post(home: Stack, tokens: Tokens) -> str | None:
    """Return a waiting case that the practitioner whose token is printed would win at once."""
    if Role.PRACTITIONER not in tokens:
        return None
    with closing(Client(home.url, tokens[Role.PRACTITIONER])) as practitioner:
        whose = practitioner.get("/v1/me")["practitioner_id"]
    with closing(Client(home.url, tokens[Role.MANAGER])) as manager:
        match = find_match(manager, whose)
    return match.case_id if match else None


BY_TURNS = Chain(
    code="by_turns",
    zh="非诉讼案件轮流指派",
    en="non-litigation cases by rotation",
    matters=(Matter.NON_LITIGATION,),
    steps=(Step(mode=ModeName.ROTATION, hours=8), Step(mode=ModeName.OPTIMIZED)),
)
EXPORTED = {
    "TOKEN": Role.MANAGER,
    "CLERK": Role.CLERK,
    "ADMIN": Role.ADMIN,
    "PRACTITIONER": Role.PRACTITIONER,
}
"""Tokens by the names that the pages give them."""

AS_MANAGER = 'curl -s -H "Authorization: Bearer $TOKEN"'
AS_PRACTITIONER = 'curl -s -H "Authorization: Bearer $PRACTITIONER"'
JSON = " -H 'Content-Type: application/json'"
REQUESTS = (
    AS_MANAGER + ' "$URL/v1/cases?status=pending&limit=3"',
    AS_MANAGER + " $URL/v1/cases/CASE_ID/candidates",
    AS_MANAGER + JSON + " -d '{}' $URL/v1/runs",
    AS_MANAGER + " $URL/v1/jobs/RUN_ID",
    AS_MANAGER + JSON + " -d '{}' $URL/v1/runs/RUN_ID/apply",
)
BOARD = (
    AS_MANAGER + " -N $URL/v1/board/events",
    AS_MANAGER + JSON + " -d '{}' $URL/v1/cases/CASE_ID/post",
    AS_PRACTITIONER + " -X POST $URL/v1/board/CASE_ID/claims",
)


LOOKED_AT = 20
"""Cases ranked in search of a pair; the first will do in most cities."""


ROOM = 5
"""Cases that the practitioner with an account may have at once: one for each page that is tried."""


class BestPair(NamedTuple):
    """A case and its best practitioner, by their ids."""

    case_id: str
    practitioner_id: str


def find_person(client: Client) -> dict[str, Any] | None:
    """Return somebody who is best for a case for the board and has room for several."""
    for pair in best_pairs(client):
        person: dict[str, Any] = client.get(f"/v1/practitioners/{pair.practitioner_id}")
        own = person["attributes"]["capacity"]
        if own is None or own >= ROOM:
            return person
    return None


def find_match(client: Client, practitioner_id: str | None = None) -> BestPair | None:
    """Return a case for the board and who is best for it; with a practitioner, one they are the best for."""
    return next((pair for pair in best_pairs(client) if practitioner_id in (None, pair.practitioner_id)), None)


def best_pairs(client: Client) -> Iterator[BestPair]:
    """Yield cases for the board, each with who is best for it."""
    for case in islice(cases_for_board(client), LOOKED_AT):
        best = client.get(f"/v1/cases/{case['id']}/candidates", limit=1)
        if best and best[0]["rank"] == 1:
            yield BestPair(case["id"], best[0]["practitioner_id"])


def cases_for_board(client: Client) -> Iterator[dict[str, Any]]:
    """Yield waiting cases that may be shown in the board, those first that have most time left for it."""
    waiting = client.pages("/v1/cases", status=Status.PENDING.value)
    for case in sorted(waiting, key=lambda case: case["due_at"] or "", reverse=True):
        minor = Category.MINOR.value in case["categories"]
        ordinary = not any(case[fact] is not False for fact in ("recipient_is_minor", "secret", "sexual_assault"))
        if case["matter"] == Matter.CIVIL.value and ordinary and not minor:
            yield case
