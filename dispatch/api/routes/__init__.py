"""Every resource of the API, one file each."""

from fastapi import APIRouter, FastAPI

from dispatch.api.replay import ReplayRoute
from dispatch.api.routes import (
    acceptance,
    access,
    assignments,
    board,
    cases,
    findings,
    health,
    imports,
    institutions,
    jobs,
    offers,
    plans,
    policies,
    practitioners,
    rotation,
    runs,
    vocabulary,
    webhooks,
    wishes,
)

RESOURCES = (
    cases,
    practitioners,
    institutions,
    runs,
    assignments,
    plans,
    offers,
    acceptance,
    board,
    wishes,
    rotation,
    policies,
    imports,
    jobs,
    findings,
    webhooks,
    access,
    vocabulary,
)


def include(app: FastAPI) -> None:
    """Add every route to the app."""
    root = APIRouter(prefix="/v1", route_class=ReplayRoute)
    for resource in RESOURCES:
        root.include_router(resource.router)
    app.include_router(root)
    app.include_router(health.router)
