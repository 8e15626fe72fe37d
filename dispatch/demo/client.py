"""A plain client of the HTTP API: what any other system of a centre would do."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2

from dispatch.demo.steps import CheckFailedError, Notify

PATIENCE_S = 120.0
"""A demo that hangs is worse than one that fails."""

LOOK_EVERY_S = 0.1
PAGE = 200


class Client:
    """One user's way to the service."""

    def __init__(self, url: str, token: str, language: str = "en") -> None:
        self.url = url
        headers = {"Authorization": f"Bearer {token}", "Accept-Language": language}
        self._http = httpx2.Client(base_url=url, headers=headers, timeout=PATIENCE_S)

    def get(self, path: str, **params: Any) -> Any:
        """Return what the resource says."""
        return self._checked(self._http.get(path, params=params)).json()

    def download(self, path: str, target: Path) -> Path:
        """Store the resource as a file."""
        target.write_bytes(self._checked(self._http.get(path)).content)
        return target

    def post(self, path: str, body: Any = None, **more: Any) -> Any:
        """Ask for a change; a repetition by the network would change nothing twice."""
        key = {"Idempotency-Key": uuid4().hex}
        return self._checked(self._http.post(path, json=body, headers=key, **more)).json()

    def pages(self, path: str, **params: Any) -> Iterator[Any]:
        """Yield every item of a list."""
        cursor: str | None = None
        while True:
            page = self.get(path, limit=PAGE, **params, **({"cursor": cursor} if cursor else {}))
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def wait(self, job_id: str, notify: Notify) -> Any:
        """Return what came of a job, telling how far it is; a failed one ends the demo."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            job = self.get(f"/v1/jobs/{job_id}")
            notify(job["done_share"], job["phase"])
            if job["status"] == "done":
                return job["result"]
            if job["status"] in ("failed", "cancelled"):
                raise CheckFailedError(f"job {job_id} {job['status']}: {job['problem']}")
            time.sleep(LOOK_EVERY_S)
        raise CheckFailedError(f"job {job_id} did not end within {PATIENCE_S:.0f} s")

    def close(self) -> None:
        """Let the connections go."""
        self._http.close()

    def _checked(self, answer: httpx2.Response) -> httpx2.Response:
        if answer.is_error:
            raise CheckFailedError(
                f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text}"
            )
        return answer
