"""Every page of the console, by its subject; the menu shows them in this order."""

from dispatch.console.frame.page import ConsoleFeed, ConsolePage
from dispatch.console.pages import (
    account,
    board,
    candidates,
    case,
    cases,
    change,
    entrance,
    identity,
    imports,
    institution,
    intake,
    letters,
    life,
    links,
    match,
    own_cases,
    own_place,
    papers,
    quality,
    recipient,
    turns,
    work,
)
from dispatch.console.pages.administration import accounts, audit, centres, confirmations, jobs, webhooks
from dispatch.console.pages.centre import calendar, stationery
from dispatch.console.pages.decisions import amendments, returned
from dispatch.console.pages.funds import fundings, subsidy, tables
from dispatch.console.pages.matter import arrangement, people, stages
from dispatch.console.pages.organ import letters as organ_letters
from dispatch.console.pages.organ import notices
from dispatch.console.pages.reports import listing, own
from dispatch.console.pages.roster import conflicts, entries, leaves, likenesses, organs, qualifications, reviews, ties
from dispatch.console.pages.steering import drafts, frontiers, trials, versions

PAGES: tuple[ConsolePage, ...] = (
    *work.PAGES,
    *cases.PAGES,
    *intake.PAGES,
    *imports.PAGES,
    *case.PAGES,
    *change.PAGES,
    *people.PAGES,
    *stages.PAGES,
    *arrangement.PAGES,
    *candidates.PAGES,
    *papers.PAGES,
    *quality.PAGES,
    *subsidy.PAGES,
    *fundings.PAGES,
    *tables.PAGES,
    *amendments.PAGES,
    *returned.PAGES,
    *conflicts.PAGES,
    *life.PAGES,
    *match.PAGES,
    *turns.PAGES,
    *letters.PAGES,
    *notices.PAGES,
    *organ_letters.PAGES,
    *stationery.PAGES,
    *calendar.PAGES,
    *entrance.PAGES,
    *board.PAGES,
    *own_cases.PAGES,
    *own_place.PAGES,
    *own.PAGES,
    *entries.PAGES,
    *qualifications.PAGES,
    *likenesses.PAGES,
    *organs.PAGES,
    *reviews.PAGES,
    *leaves.PAGES,
    *ties.PAGES,
    *links.PAGES,
    *recipient.PAGES,
    *institution.PAGES,
    *versions.PAGES,
    *drafts.PAGES,
    *trials.PAGES,
    *listing.PAGES,
    *audit.PAGES,
    *frontiers.PAGES,
    *jobs.PAGES,
    *accounts.PAGES,
    *centres.PAGES,
    *confirmations.PAGES,
    *webhooks.PAGES,
    *account.PAGES,
    *identity.PAGES,
)

FEEDS: tuple[ConsoleFeed, ...] = board.FEEDS
"""What scripts of the pages ask for automatically."""
