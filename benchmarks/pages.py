"""Every page of the console on the sample city, for everyone who sees it: how heavy it is, and how long it takes."""

import re
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import cycle
from typing import NamedTuple

import httpx2
import numpy as np
from sqlmodel import col, select

from dispatch.api.console.guard import COOKIE
from dispatch.commands.access.links import create_link
from dispatch.commands.access.sessions import open_session
from dispatch.commands.access.sign_in import sign_in_by_link
from dispatch.commands.designation import designate
from dispatch.commands.documents.issuing import issue
from dispatch.commands.documents.stationery import set_letterhead
from dispatch.commands.life.arrangements import entrust
from dispatch.commands.runs.requests import apply_run, request_run
from dispatch.console.frame.page import ConsolePage, sees
from dispatch.console.pages import PAGES
from dispatch.demo.client import Client
from dispatch.demo.serve import find_match
from dispatch.demo.stack import Stack
from dispatch.domain.documents import DocumentKind
from dispatch.domain.errors import DispatchError
from dispatch.domain.permissions import Actor
from dispatch.domain.vocabulary import JobKind, Role, Status
from dispatch.registry.seal import Seal
from dispatch.registry.tables import AssignmentRow, JobRow, ProposalRow, UserRow
from dispatch.registry.transaction import Transaction
from dispatch.settings import Settings

ROUNDS = 10
APPLIED = 40
CASES = 20
"""Pages of a case are asked for about so many, in turn, as people do."""

WITHIN_S = 300.0
LASTS = timedelta(hours=5)
SIGHT = {"Accept": "text/html", "Accept-Language": "zh-CN", "Accept-Encoding": "gzip"}
FILE = re.compile(r'(?:href|src)="([^"]+/static/[^"]+)"')


class Visitor(NamedTuple):
    """Somebody of a role, and the cookie they come with."""

    actor: Actor
    secret: str


class PageFigures(NamedTuple):
    """One page as one role sees it."""

    path: str
    role: Role | None
    html_bytes: int
    files: frozenset[str]
    times_ms: list[float]

    @property
    def p95_ms(self) -> float:
        """Return the time within which nineteen of twenty came."""
        return float(np.quantile(self.times_ms, 0.95))


class City:
    """The sample city, with something on every page, and somebody of every role."""

    def __init__(self, home: Stack, client: Client) -> None:
        self._begin, self._url, self._client = home.begin, home.url, client
        settings = Settings(data_dir=home.folder)
        self._seal = Seal(settings.secret, settings.cipher)
        with home.begin() as tx:
            users = tx.session.exec(select(UserRow)).all()
            own = [user for user in users if user.role is not Role.PRACTITIONER or user.login.startswith("my-")]
            self.visitors: dict[Role, Visitor] = {user.role: self._entered(tx, user) for user in own}
        self._clerk = self.visitors[Role.CLERK].actor
        self.cases = self._waiting()[:CASES]
        self.parts = self._prepared()

    def _entered(self, tx: Transaction, user: UserRow) -> Visitor:
        now = datetime.now(UTC)
        opened = open_session(tx, user, now, proved_at=now + LASTS)
        return Visitor(opened.session.actor, opened.secret)

    def _waiting(self) -> list[str]:
        return [case["id"] for case in self._client.pages("/v1/cases", status=Status.PENDING.value)]

    def _prepared(self) -> dict[str, str]:
        """Do what is shown; return what stands in addresses, by the name of the part."""
        begin, clerk, now = self._begin, self._clerk, datetime.now(UTC)
        parts = {"what": "cases", "kind": DocumentKind.ASSIGNMENT_NOTICE.value}
        own = self.visitors[Role.PRACTITIONER].actor.practitioner_id
        match = find_match(self._client, own)
        if match is None or own is None:
            raise LookupError("the practitioner of the sample city is the best for no case")
        designate(begin, clerk, now, match.case_id, own, "the best for it")
        with begin() as tx:
            held = tx.session.exec(select(AssignmentRow).where(AssignmentRow.case_id == match.case_id)).one()
            job = tx.session.exec(select(JobRow).where(JobRow.kind == JobKind.IMPORT)).first()
            parts |= {
                "tie_id": held.id,
                "assignment_id": held.id,
                "job_id": job.id if job else "",
                "held": match.case_id,
            }
        parts["arrangement_id"] = self._entrusted()
        parts["link_id"], self.visitors[Role.RECIPIENT] = self._linked()
        parts["run_id"] = self._solved()
        set_letterhead(begin, self.visitors[Role.MANAGER].actor, now, "市", "王主任", "0370-12348")
        parts["document_id"] = issue(
            begin, self._seal, clerk, now, match.case_id, DocumentKind.ASSIGNMENT_NOTICE, about_id=held.id
        ).id
        return parts

    def _entrusted(self) -> str:
        firm = self.visitors[Role.INSTITUTION].actor.institution_id
        for case_id in self._waiting():
            with suppress(DispatchError):
                return entrust(self._begin, self._clerk, datetime.now(UTC), case_id, firm or "", "next in turn").id
        raise LookupError("no case that the firm may take")

    def _linked(self) -> tuple[str, Visitor]:
        """Let the recipient in who has most to choose from."""
        most = max(self._waiting()[:CASES], key=lambda id: len(self._client.get(f"/v1/cases/{id}/candidates")))
        link = create_link(self._begin, self._clerk, datetime.now(UTC), most)
        opened = sign_in_by_link(self._begin, datetime.now(UTC), link.id, link.code)
        return link.id, Visitor(opened.session.actor, opened.secret)

    def _solved(self) -> str:
        """Let a run be solved, and apply a part of it."""
        run_id = request_run(self._begin, self._clerk, datetime.now(UTC)).id
        self._client.wait(run_id, lambda _share, _doing: None)
        with self._begin() as tx:
            asked = select(ProposalRow.id).where(
                ProposalRow.run_id == run_id, col(ProposalRow.practitioner_id).is_not(None)
            )
            chosen = tx.session.exec(asked.limit(APPLIED)).all()
        apply_run(self._begin, self._clerk, datetime.now(UTC), run_id, chosen, "the others wait for papers")
        return run_id

    def measured(self) -> Iterator[PageFigures]:
        """Ask for every page as everybody who sees it."""
        with httpx2.Client(base_url=self._url, headers=SIGHT, timeout=WITHIN_S) as http:
            for page in (page for page in PAGES if page.template):
                if not page.verbs:
                    yield self._asked(http, page, None)
                for role, visitor in self.visitors.items() if page.verbs else ():
                    if sees(page, visitor.actor):
                        yield self._asked(http, page, role)

    def _asked(self, http: httpx2.Client, page: ConsolePage, role: Role | None) -> PageFigures:
        cookie = {"Cookie": f"{COOKIE}={self.visitors[role].secret}"} if role else {}
        # Papers and work are of a case that somebody has.
        held = "/documents" in page.path or "{assignment_id}" in page.path
        cases = cycle([self.parts["held"]] if held else self.cases)
        times, html, files = [], 0, frozenset[str]()
        for _ in range(ROUNDS):
            path = "/console" + page.path.format(**self.parts, case_id=next(cases))
            start = time.perf_counter()
            answer = http.get(path, headers=cookie)
            times.append(1000 * (time.perf_counter() - start))
            if answer.status_code != 200:
                raise AssertionError(f"{path} for {role}: {answer.status_code} {answer.headers.get('location', '')}")
            html = max(html, answer.num_bytes_downloaded)
            files |= frozenset(FILE.findall(answer.text))
        return PageFigures(page.path, role, html, files, times)
