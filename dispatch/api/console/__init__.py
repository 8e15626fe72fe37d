"""What browsers ask: sessions by cookie, below ``/console``; programs and their tokens are refused here."""

from fastapi import FastAPI

from dispatch.api.console import credentials, identities, sessions


def include(app: FastAPI) -> None:
    """Add every route of the console to the app."""
    for resource in (sessions, credentials, identities):
        app.include_router(resource.router)
