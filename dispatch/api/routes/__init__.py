"""Every resource of the API, one file each."""

from fastapi import FastAPI

from dispatch.api.routes import (
    acceptance,
    amendments,
    assignments,
    board,
    cases,
    evidence,
    findings,
    health,
    imports,
    institutions,
    jobs,
    links,
    offers,
    own,
    plans,
    policies,
    practitioners,
    reports,
    rotation,
    runs,
    simulations,
    vocabulary,
    webhooks,
    wishes,
)
from dispatch.api.routes.administration import (
    access,
    audit,
    calendar,
    centres,
    confirmations,
    identities,
    log,
    organs,
    tokens,
)
from dispatch.api.routes.answers import candidates, prices, run_reports, what_if, why
from dispatch.api.routes.funds import fundings, subsidies
from dispatch.api.routes.life import (
    archives,
    arrangements,
    clocks,
    complaints,
    conflicts,
    decisions,
    documents,
    evaluations,
    letters,
    notices,
    overview,
    parties,
    replacements,
    stages,
    supervision,
    work,
)
from dispatch.api.routes.roster import absences, history, merging, qualifications, ties

# Tried in this order: first what many ask for at the same time.
RESOURCES = (
    board,
    offers,
    own,
    cases,
    candidates,
    why,
    amendments,
    practitioners,
    absences,
    institutions,
    history,
    merging,
    qualifications,
    ties,
    run_reports,  # before runs, whose addresses end in any id
    runs,
    prices,
    assignments,
    work,
    decisions,
    evaluations,
    supervision,
    complaints,
    subsidies,
    fundings,
    clocks,
    archives,
    stages,
    replacements,
    conflicts,
    parties,
    arrangements,
    documents,
    letters,
    notices,
    overview,
    plans,
    acceptance,
    links,
    wishes,
    rotation,
    what_if,
    evidence,  # before policies, whose addresses end in any id
    policies,
    simulations,
    imports,
    jobs,
    findings,
    reports,
    webhooks,
    access,
    tokens,
    identities,
    confirmations,
    centres,
    calendar,
    organs,
    audit,
    log,
    vocabulary,
)


def include(app: FastAPI) -> None:
    """Add every route to the app, each router at once: a router within a router is tried level by level."""
    for resource in RESOURCES:
        app.include_router(resource.router, prefix="/v1")
    app.include_router(health.router)
