"""An office whose people act over HTTP, each with their own token; a test names who does what."""

from datetime import timedelta

from dispatch.commands.access import create_user
from dispatch.domain.vocabulary import Role
from tests.rows import NOW


class People:
    """Whoever acts in an office: officers by their role, everyone else by a token."""

    def __init__(self, office):
        self.office, self.register = office, office.register

    def hired(self, code, firm, **attributes):
        """Put a lawyer of the firm on the roster and let them in; return their entry and their token."""
        person = self.register.a_practitioner(code, firm, **attributes)
        return person, self._token(code, Role.PRACTITIONER, practitioner_code=code)

    def secretary(self, firm):
        """Let the firm's secretary in; return their token."""
        return self._token(f"secretary of {firm.code}", Role.INSTITUTION, institution_code=firm.code)

    def ask(self, token, path, json=None, method="POST"):
        """Send a request as whoever holds the token, or the role named."""
        if isinstance(token, Role):
            return self.office.ask(method, f"/v1{path}", role=token, json=json)
        return self.office.ask(method, f"/v1{path}", role=None, headers={"Authorization": f"Bearer {token}"}, json=json)

    def done(self, token, path, json=None, method="POST"):
        """Do it, and return what it says."""
        answer = self.ask(token, path, json, method)
        assert answer.status_code in (200, 201, 202), (path, answer.text)
        return answer.json()

    def fetch(self, token, path):
        """Return what is read there."""
        return self.done(token, path, method="GET")

    def link(self, case_id):
        """Return the token of a link for the case's recipient."""
        return self.done(Role.CLERK, f"/cases/{case_id}/links", {})["token"]

    def status(self, case_id):
        return self.fetch(Role.CLERK, f"/cases/{case_id}")["status"]

    def _token(self, login, role, **tied):
        about = {"lasts": timedelta(days=365)} | tied  # they come for months
        _, token = create_user(self.register.begin, None, NOW, self.register.centre.id, login, role, **about)
        return token
