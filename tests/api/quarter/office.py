"""A quarter of an office over HTTP: its people act, the time is moved by hand, and timers and jobs run as in life."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from dispatch.domain.vocabulary import Role
from dispatch.registry.jobs import outbox
from dispatch.registry.tables import OutboxRow
from testbed.rows import PLAIN_FACTS, with_means
from tests.api.people import People
from workers import jobs
from workers.context import WorkerContext
from workers.schedule import PERIODIC
from workers.timing import Timing

CHINA = ZoneInfo("Asia/Shanghai")
THEFT = {"matter": "criminal", "cause": "theft", "service": "defence"}

ELSEWHERE = ("webhooks", "relay", "sweep", "checks")
"""Periodic tasks that are left out: jobs are worked off in place, and nights are not what is acted here."""


def at(month, day, hour, minute=0, year=2026):
    """A moment of the office's own clock."""
    return datetime(year, month, day, hour, minute, tzinfo=CHINA).astimezone(UTC)


def end_of(month, day, year=2026):
    """The last second of a day: the end of a time limit that counts days."""
    return at(month, day, 23, 59, year) + timedelta(seconds=59)


class Clock:
    """The only clock of the office; it stands still until it is moved."""

    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now


class Quarter(People):
    """Three firms and six lawyers; cases by a short name, and who has each."""

    def __init__(self, office, clock):
        super().__init__(office)
        self.clock, self.cases, self.seats = clock, {}, {}
        parts = office.client.app.state.context
        self.worker = WorkerContext(
            parts.begin, parts.read, parts.redis, parts.key, clock, Timing(timedelta(minutes=5)),
            send=None, send_within=timedelta(seconds=1),
        )  # fmt: skip
        self.firms = {code: self.register.an_institution(code) for code in ("jia", "yi", "bing")}
        self.secretaries = {code: self.secretary(firm) for code, firm in self.firms.items()}
        self.people, self.tokens = {}, {}

    def joins(self, code, firm, **attributes):
        self.people[code], self.tokens[code] = self.hired(code, self.firms[firm], **attributes)

    # The time and what it does.

    def until(self, *moment, **more):
        """Let it be that moment; whatever was due by then is done by the timers."""
        self.clock.now = at(*moment, **more)
        self.tick()

    def tick(self):
        for task in PERIODIC:
            if task.name not in ELSEWHERE:
                task.perform(self.worker, self.clock.now)
        self.work()

    def work(self):
        """Perform every job that was asked for, as a worker does."""
        for row in self.register.all(OutboxRow, OutboxRow.done_at.is_(None)):
            getattr(jobs, row.job.rsplit(".", 1)[1])(row.argument)
            with self.worker.begin() as tx:
                outbox.mark_done(tx, row.id, self.clock.now)

    def found_by_night(self):
        """Look through the register as every night does; return what is found, with the limit and the case."""
        jobs.check_register(self.register.centre.id)
        found = self.fetch(Role.MANAGER, "/registry/findings?limit=100")["items"]
        facts = [(each["kind"], each["facts"]) for each in found if each["closed_at"] is None]
        return sorted((kind, fact.get("code", ""), self.name_of(fact.get("case_id"))) for kind, fact in facts)

    # What the officers do.

    def applies(self, name, **fields):
        """Somebody applies for aid today."""
        self.cases[name] = self.done(Role.CLERK, "/cases", self._draft(name, granted_at=None, **fields))["id"]

    def granted(self, name, **fields):
        """Aid is granted on the spot."""
        now = self.clock.now.isoformat()
        self.cases[name] = self.done(Role.CLERK, "/cases", self._draft(name, granted_at=now, **fields))["id"]

    def notified(self, name, **fields):
        """An organ's notice arrives for somebody who is tried for theft."""
        self.applies(name, **THEFT, source="notice_may", organ="某市某区人民法院", **fields)

    def amended(self, name, **changes):
        """The clerk changes what is known of the case."""
        path = f"/v1/cases/{self.cases[name]}"
        etag = self.office.get(path).headers["etag"]
        answer = self.office.ask("PATCH", path, headers={"If-Match": etag}, json=changes)
        assert answer.status_code == 200, answer.text

    def clerk(self, name, act, **body):
        return self.done(Role.CLERK, f"/cases/{self.cases[name]}/{act}", body)

    def manager(self, name, act, **body):
        return self.done(Role.MANAGER, f"/cases/{self.cases[name]}/{act}", body)

    def recipient(self, name, act, **body):
        """Do it by a link of the case."""
        return self.done(self.link(self.cases[name]), f"/cases/{self.cases[name]}/{act}", body)

    def taken(self, name, code):
        """Ask one lawyer, who accepts at once."""
        [offer] = self.done(
            Role.CLERK, "/offers", {"case_id": self.cases[name], "practitioner_ids": [self.people[code].id]}
        )
        self.answers(code, offer["id"], accept=True)
        self.seated(name)

    def designated(self, name, code):
        given = {"practitioner_id": self.people[code].id, "reason": "speaks the dialect"}
        self.clerk(name, "designation", **given)
        self.seated(name)

    def decided(self, replacement, **decision):
        return self.done(Role.MANAGER, f"/replacements/{replacement['id']}/decision", {"text": "verified"} | decision)

    def entrusted(self, name, firm):
        given = {"institution_id": self.firms[firm].id, "reason": "next in turn"}
        return self.clerk(name, "institution", **given)

    def noted(self, name, milestone, **day):
        """Write down what time limits hang on."""
        about = {"assignment_id": self.seats.get(name)} if milestone in ("papers", "file_in") else {}
        return self.clerk(name, "milestones", milestone=milestone, **about, **day)

    def issued(self, name, kind, about=None, **values):
        """Issue a document of the case; return its number."""
        given = {"about_id": about, "values": values}
        return self.clerk(name, f"documents/{kind}", **given)["number"]

    # What lawyers and institutions do.

    def answers(self, code, offer_id, **answer):
        return self.done(self.tokens[code], f"/offers/{offer_id}/answer", answer)

    def offered(self, code):
        """Return the one offer that waits for the lawyer."""
        [offer] = self.fetch(self.tokens[code], "/offers?state=pending")["items"]
        return offer["id"]

    def arranged(self, name, firm, code):
        """The firm arranges its person, who accepts."""
        [given] = self.fetch(self.secretaries[firm], "/arrangements?state=open")["items"]
        assert given["case_id"] == self.cases[name]
        person = {"practitioner_id": self.people[code].id}
        self.done(self.secretaries[firm], f"/arrangements/{given['id']}/person", person)
        self.seated(name)
        self.accepts(name, code)

    def accepts(self, name, code, **answer):
        return self.act(name, code, "answer", **({"accept": True} | answer))

    def act(self, name, code, act, **body):
        return self.done(self.tokens[code], f"/assignments/{self.seats[name]}/{act}", body)

    def signs_and_begins(self, name, code, **signed):
        self.act(name, code, "agreement", **signed)
        self.act(name, code, "start")

    def closes(self, name, code, outcome="judgment", **more):
        return self.act(name, code, "close", **{"outcome": outcome, "text": "done", **more})

    # What is asked of the register.

    def seated(self, name):
        """Note who has the case now, and return the assignment."""
        path = f"/assignments?case_id={self.cases[name]}&live=true"
        [live] = self.fetch(Role.CLERK, path)["items"]
        self.seats[name] = live["id"]
        return live

    def state(self, name):
        return self.status(self.cases[name])

    def code_of(self, practitioner_id):
        return next(code for code, person in self.people.items() if person.id == practitioner_id)

    def name_of(self, case_id):
        return next((name for name, id in self.cases.items() if id == case_id), "")

    def _draft(self, name, **fields):
        return with_means({
            "number": name, "matter": "civil", "cause": "wages", "service": "litigation_agency",
            "stage": "first_instance", "area": "A", "domicile_areas": ["A"],
            "recipient": {"name": f"recipient of {name}", "sex": "male", "minor": False, "contact": "13900000002"},
            **PLAIN_FACTS,
            "received_at": self.clock.now.isoformat(), **fields,
        })  # fmt: skip
