"""A recipient's phone: in by link and code, one question a page, the own case in words; for staff who help, too."""

from collections.abc import Mapping

from starlette.responses import Response

from dispatch.api.console.guard import take_cookie
from dispatch.api.console.sessions import LinkSignInIn
from dispatch.api.console.sessions import entered as begin_in_browser
from dispatch.api.routes.life.complaints import ComplaintIn
from dispatch.api.routes.life.decisions import ContestIn, WithdrawIn
from dispatch.api.routes.life.evaluations import RatingIn
from dispatch.api.routes.life.replacements import AskReplacementIn
from dispatch.api.routes.links import page_of_recipient
from dispatch.api.routes.wishes import WishPlaceOut, choice_of
from dispatch.api.schemas import RefusalOut
from dispatch.commands import wishes
from dispatch.commands.access.sessions import end_session
from dispatch.commands.access.sign_in import sign_in_by_link
from dispatch.commands.life import complaints, decisions, ends, evaluations, replacements
from dispatch.commands.life.complaints import ComplaintWords
from dispatch.commands.recipient_page import RecipientPage, recipient_page
from dispatch.console.frame.page import ConsolePage, Context, LocalizedText, PageAct
from dispatch.console.frame.serving import to
from dispatch.console.frame.visit import FilledForm, Visit
from dispatch.domain.chain import MAX_WISHES
from dispatch.domain.errors import NotFoundError
from dispatch.domain.next_acts import NextAct
from dispatch.domain.permissions import Verb
from dispatch.domain.states import ComplaintGround, ReplacementGround
from dispatch.domain.vocabulary import Role

ENTRANCE, OWN, CHOOSE = "/r/{link_id}", "/r/{link_id}/case", "/r/{link_id}/choose"
FINISHED: LocalizedText = (
    "您已退出。这台手机上没有留下您的信息。",
    "You are signed out. Nothing of yours is left on this phone.",
)
SHOWN, MAX_SHOWN = 10, 30
"""People on a page of choices at first, the most experienced first, and when more are asked for; others by name."""

# fmt: off
WAYS: Mapping[NextAct, tuple[str, LocalizedText]] = {
    # what may be done         by which act, and what its link says
    NextAct.ASK_REPLACEMENT: ("another",  ("我想换一位承办人员", "I would like somebody else")),
    NextAct.RATE:            ("rate",     ("评价承办人员的工作", "Say how satisfied you are")),
    NextAct.COMPLAIN:        ("complain", ("投诉", "Complain")),
    NextAct.CONTEST:         ("contest",  ("对决定提出异议", "Object to the decision")),
    NextAct.WITHDRAW:        ("withdraw", ("撤回申请", "Withdraw my application")),
}
STARS: tuple[tuple[int, LocalizedText], ...] = (
    (5, ("非常满意", "Very satisfied")), (4, ("满意", "Satisfied")), (3, ("一般", "Fair")),
    (2, ("不满意", "Dissatisfied")), (1, ("非常不满意", "Very dissatisfied")),
)
# fmt: on
GROUNDS = (
    ReplacementGround.NEGLECT,
    ReplacementGround.DISTRUST,
    ReplacementGround.CONFLICT,
    ReplacementGround.OBSTACLE,
)
"""On what a recipient asks for somebody else; the others are for who cannot go on."""


def entrance(visit: Visit) -> Context | Response:
    """Return what asks for the code; a recipient who is in already goes on."""
    if not visit.problem and _is_in(visit):
        return to(visit, f"/r/{visit.part('link_id')}/case")
    return {"done": FINISHED if visit.asked("done") == "finish" else None}


def enter(visit: Visit, form: FilledForm) -> Response:
    """Come in by the code; a wrong one and one that is over are told alike."""
    link_id = visit.part("link_id")
    given = LinkSignInIn.model_construct(link_id=link_id[:32], code=form.text("code")[:60])
    opened = sign_in_by_link(visit.begin, visit.now, given.link_id, given.code)
    response = to(visit, f"/r/{link_id}/case")
    begin_in_browser(opened, visit.context, visit.now, visit.request, response)
    return response


def case_page(visit: Visit) -> Context:
    """Return the own case in words, or the question of what was chosen or refused."""
    page = _page(visit)
    ways = {act: told for each in page.may if each in WAYS for act, told in [WAYS[each]]}
    refused = visit.request.url.path.rpartition("/")[2] if visit.problem else ""
    return {
        "it": page_of_recipient(page, visit.language),
        "link_id": visit.part("link_id"),
        "may_choose": NextAct.WISH in page.may,
        "ways": ways,
        "doing": visit.asked("do") or refused,
        "grounds": GROUNDS,
        "complaints": ComplaintGround,
        "stars": STARS,
        "own": visit.actor.role is Role.RECIPIENT,
    }


def finish(visit: Visit, form: FilledForm) -> Response:
    """End the visit: the phone may be somebody else's."""
    end_session(visit.begin, visit.now, visit.signed_in)
    response = to(visit, f"/r/{visit.part('link_id')}", done="finish")
    take_cookie(visit.request, response)
    return response


def leave_to_centre(visit: Visit, form: FilledForm) -> None:
    """Leave the choice to the centre."""
    wishes.leave_to_centre(visit.begin, visit.actor, visit.now, _page(visit).case_id)


def another(visit: Visit, form: FilledForm) -> None:
    """Ask for somebody else."""
    given = form.read(AskReplacementIn)
    who = visit.sealed
    replacements.ask(*who, _page(visit).case_id, given.ground, given.text, given.evidence)


def rate(visit: Visit, form: FilledForm) -> None:
    """Say how satisfied one is."""
    given = form.read(RatingIn)
    evaluations.rate(
        *visit.sealed, _page(visit).case_id, given.stars, given.text
    )  # fmt: skip


def complain(visit: Visit, form: FilledForm) -> None:
    """Complain."""
    given = form.read(ComplaintIn)
    words = ComplaintWords(given.ground, given.text)
    complaints.complain(*visit.sealed, _page(visit).case_id, words)


def contest(visit: Visit, form: FilledForm) -> None:
    """Object to the decision."""
    given = form.read(ContestIn)
    decisions.contest(*visit.sealed, _page(visit).case_id, given.text)


def withdraw(visit: Visit, form: FilledForm) -> None:
    """Withdraw the application."""
    given = form.read(WithdrawIn)
    ends.withdraw(*visit.sealed, _page(visit).case_id, given.text)


def choose_page(visit: Visit) -> Context:
    """Return one question: whom first, whom if they cannot, whom else; and at the end whether it is right so."""
    page, picked = _page(visit), list(dict.fromkeys(visit.all_asked("picked")))[:MAX_WISHES]
    chosen = visit.asked("pick")
    if chosen and chosen not in picked and len(picked) < MAX_WISHES:
        picked.append(chosen)
    picked = picked or visit.typed.get("practitioner_ids[]", [])
    everyone = {each.practitioner.id: each for each in _permitted(visit, page)}
    most = MAX_SHOWN if visit.asked("more") or visit.asked("search") else SHOWN
    found = [
        each for each in _permitted(visit, page, visit.asked("search"), MAX_SHOWN + MAX_WISHES + 1)
        if each.practitioner.id not in picked
    ]  # fmt: skip
    return {
        "link_id": visit.part("link_id"),
        "picked": [choice_of(everyone[id], visit.now, visit.language) for id in picked if id in everyone],
        "choices": [choice_of(each, visit.now, visit.language) for each in found[:most]],
        "more": most == SHOWN and len(found) > SHOWN,
        "sure": bool(visit.asked("sure")) or len(picked) == MAX_WISHES or bool(visit.typed),
        "search": visit.asked("search"),
        "named": None,
    }


def name(visit: Visit, form: FilledForm) -> str | Response:
    """Name the wishes; who cannot be honoured is told in words, and what next."""
    page, ids = _page(visit), form.texts("practitioner_ids")
    people = {each.practitioner.id: each.practitioner.name for each in _permitted(visit, page)}
    sent = wishes.name_wishes(visit.begin, visit.actor, visit.now, page.case_id, ids)
    if all(wish.rank for wish, _ in sent):
        return f"/r/{visit.part('link_id')}/case?named=1"
    named = [
        {
            "name": people.get(wish.practitioner_id, ""),
            "refusals": [RefusalOut.of(each, visit.language) for each in wish.refusals],
            "place": WishPlaceOut.of(place, visit.language) if place else None,
        }
        for wish, place in sent
    ]
    return visit.show({**choose_page(visit), "named": named, "some": any(wish.rank for wish, _ in sent)})


def _page(visit: Visit) -> RecipientPage:
    return recipient_page(visit.read, visit.seal, visit.actor, visit.now, visit.part("link_id"))


def _is_in(visit: Visit) -> bool:
    """Whether the recipient of this very link has come in already; the phone may have been another's before."""
    if visit.session is None or visit.session.actor.role is not Role.RECIPIENT:
        return False
    try:
        return bool(_page(visit))
    except NotFoundError:
        return False


def _permitted(
    visit: Visit, page: RecipientPage, search: str = "", most: int = 200
) -> list[wishes.PublishedPractitioner]:
    return wishes.permitted(visit.read, visit.actor, visit.now, page.case_id, search, most)


PAGES = (
    ConsolePage(
        ENTRANCE,
        "recipient_entrance",
        (),
        ("查看我的法律援助案件", "My legal-aid case"),
        ("请输入纸上或者短信中的验证码。", "Please type the code on your paper."),
        entrance,
        "recipient/entrance.html",
        acts={"enter": PageAct(enter, ("", ""))},
    ),
    ConsolePage(
        OWN,
        "recipient_case_page",
        (Verb.WISH,),
        ("我的案件", "My case"),
        ("法律援助不收费。", "Legal aid is free of charge."),
        case_page,
        "recipient/case.html",
        acts={
            "finish": PageAct(finish, FINISHED, (Verb.SIGN_IN,)),
            "centre": PageAct(
                leave_to_centre, ("好的，由中心为您安排承办人员。", "Good: the centre will arrange somebody for you.")
            ),
            "another": PageAct(
                another,
                ("您的申请已收到，中心会尽快答复您。", "Your request has come in; the centre will answer soon."),
                (Verb.ASK_REPLACEMENT,),
            ),
            "rate": PageAct(rate, ("谢谢您的评价。", "Thank you for saying so."), (Verb.RATE,)),
            "complain": PageAct(
                complain,
                ("您的投诉已收到，中心会答复您。", "Your complaint has come in; you will be answered."),
                (Verb.COMPLAIN,),
            ),
            "contest": PageAct(
                contest,
                ("您的异议已收到，司法行政部门会审查。", "Your objection has come in and will be examined."),
                (Verb.CONTEST,),
            ),
            "withdraw": PageAct(withdraw, ("您的申请已撤回。", "Your application is withdrawn."), (Verb.WITHDRAW,)),
        },
    ),
    ConsolePage(
        CHOOSE,
        "recipient_choose_page",
        (Verb.WISH,),
        ("选择承办人员", "Choose a practitioner"),
        ("下面的人员都可以办理您的案件，不收费。", "Each of these may take your case, free of charge."),
        choose_page,
        "recipient/choose.html",
        acts={"name": PageAct(name, ("您的选择已收到。", "We have your choice."))},
    ),
)
