"""Refusals as problem details (RFC 9457), in the reader's language."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, NamedTuple

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from dispatch.domain import errors
from dispatch.domain.eligibility.rules import Rule
from dispatch.domain.eligibility.table import RULES_BY_CODE, basis_text
from dispatch.domain.errors import DispatchError
from dispatch.domain.validation import expected_of

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:legal-dispatch:problem:"

# fmt: off
STATUS: dict[type[DispatchError], int] = {
    errors.UnauthenticatedError:     401,
    errors.ForbiddenError:           403,
    errors.AccessEndedError:         403,
    errors.SignInRefusedError:       401,
    errors.SecondFactorNeededError:  401,
    errors.TooManyTriesError:        429,
    errors.InvitationEndedError:     409,
    errors.PasswordAgainError:       403,
    errors.ForeignPageError:         403,
    errors.TransportOpenError:       403,
    errors.MetricsShutError:         403,
    errors.ProviderMissingError:     404,
    errors.ProviderSettingsError:    500,
    errors.ProviderSilentError:      503,
    errors.ProviderAnswerError:      502,
    errors.ProviderRefusedError:     401,
    errors.SignInAnewError:          401,
    errors.IdentityUnprovedError:    401,
    errors.IdentityUnknownError:     403,
    errors.IdentityBoundError:       409,
    errors.ProviderFactorError:      403,
    errors.NotFoundError:            404,
    errors.InvalidFieldError:        422,
    errors.UnknownReferenceError:    422,
    errors.DuplicateNumberError:     409,
    errors.MergeRefusedError:        409,
    errors.StaleError:               412,
    errors.IfMatchRequiredError:     428,
    errors.KeyReusedError:           422,
    errors.AnswerPendingError:       409,
    errors.IllegalTransitionError:   409,
    errors.StepOutOfOrderError:      409,
    errors.WishesAskedError:         409,
    errors.CalendarInvalidError:     422,
    errors.SubsidyTableInvalidError: 422,
    errors.SubsidyTableMissingError: 409,
    errors.NoRateFitsError:          409,
    errors.NoSubsidyDueError:        409,
    errors.WorkUnknownError:         409,
    errors.NotEligibleError:         409,
    errors.ReasonRequiredError:      422,
    errors.CaseNotOnBoardError:      409,
    errors.ClaimRefusedError:        409,
    errors.OfferExpiredError:        409,
    errors.OutOfHoursError:          409,
    errors.OfferClosedError:         409,
    errors.TooManyChangesError:      409,
    errors.NotForBoardError:         409,
    errors.SecondPersonError:        409,
    errors.SeatTakenError:           409,
    errors.ConstraintBrokenError:    409,
    errors.DatabaseForeignError:     500,
    errors.DatabaseNewerError:       500,
    errors.SecretWeakError:          500,
    errors.BackupDiffersError:       500,
    errors.BackupKindError:          500,
    errors.BackupToolError:          500,
    errors.BackupUnreadableError:    500,
    errors.DatabaseNotEmptyError:    500,
    errors.FileExistsAlreadyError:   500,
    errors.DiskFullError:            503,
    errors.WrongKeyError:            503,
    errors.RekeyUnderwayError:       503,
    errors.SealBrokenError:          500,
    errors.RunNotReadyError:         409,
    errors.JobFinishedError:         409,
    errors.JobAbandonedError:        500,
    errors.CertificateMismatchError: 409,
    errors.WebhookSilentError:       409,
    errors.PolicyInvalidError:       422,
    errors.PolicyMissingError:       409,
    errors.PolicyInForceError:       409,
    errors.NotDraftError:            409,
    errors.NotRepeatableError:       409,
    errors.DraftStaleError:          409,
    errors.BacktestMissingError:     409,
    errors.BacktestThinError:        409,
    errors.OutOfLegalBoundsError:    409,
    errors.ImportRefusedError:       422,
    errors.UnreadableFileError:      422,
    errors.MissingColumnError:       422,
    errors.MappingInvalidError:      422,
    errors.TooLargeError:            413,
    errors.LogTooLongError:          409,
    errors.TooManyRequestsError:     429,
    errors.DocumentIncompleteError:  409,
    errors.DocumentIssuedError:      409,
    errors.TemplateInvalidError:     422,
    errors.RendererMissingError:     406,
    errors.UnavailableError:         503,
}

# status of a fault that is no decision of ours: code, English, Chinese
PLAIN = {
    400: ("malformed",        "The request cannot be read.",                        "无法识别该请求，请核对格式"),
    404: ("no-such-path",     "There is no such address.",                          "没有该地址，请核对网址"),
    405: ("no-such-method",   "This address does not take this method.",
          "该地址不能这样使用，请查阅接口文档"),
    408: ("too-slow",         "The request did not arrive in time.",
          "请求未能在规定时间内传完，请检查网络后重试"),
    413: ("too-large",        "The request is too large.",                         errors.TooLargeError.zh),
    415: ("wrong-media-type", "This media type is not read here.",
          "不接收这种格式的内容，请查阅接口文档"),
    422: ("invalid-request",  "The request does not have the form asked for.",      errors.InvalidFieldError.zh),
    500: ("fault",            "Something went wrong on our side; try again later.",
          "系统出错，请稍后重试；如反复出现，请将编号告知系统管理员"),
}

LISTED = {
    **dict.fromkeys(("cause", "specialties"), "/v1/causes"),
    **dict.fromkeys(("area", "areas", "court_area"), "/v1/areas"),
}
"""Where everything is listed that a field may name."""

# JSON's own words for what was given; the value itself is never quoted, for it may be a person's name
KINDS = {dict: "object", list: "array", str: "string", bool: "boolean", int: "number", float: "number"}
# fmt: on


def language_of(request: Request) -> str:
    """Return ``zh`` if the reader would rather have Chinese than English, else ``en``."""
    if chosen := getattr(request.state, "language", None):
        return chosen  # type: ignore[no-any-return]
    wanted: list[tuple[float, int, str]] = []
    for at, part in enumerate(request.headers.get("accept-language", "").split(",")):
        name, _, quality = part.strip().partition(";q=")
        try:
            wanted.append((-float(quality or 1), at, name[:2].lower()))
        except ValueError:
            continue
    return next((name for _, _, name in sorted(wanted) if name in ("zh", "en")), "en")


def responses(*refusals: type[DispatchError]) -> dict[int | str, dict[str, Any]]:
    """Return what a route's documentation says of its refusals."""
    listed: dict[int | str, dict[str, Any]] = {}
    for refusal in refusals:
        known = listed.setdefault(STATUS[refusal], {"description": "", "content": {MEDIA_TYPE: {"schema": SCHEMA}}})
        known["description"] = f"{known['description']} {refusal.__doc__} {refusal.zh}。".strip()
    return listed


PROBLEM = {
    "title": "Problem",
    "description": "A refusal, as RFC 9457 has it. 不予办理的说明。",
    "type": "object",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string", "description": "问题类型。What kind of problem it is, as a URN."},
        "title": {
            "type": "string",
            "description": "说明，按 Accept-Language 选择语言。In words, Chinese or English.",
        },
        "status": {"type": "integer", "description": "HTTP 状态码。The HTTP status."},
        "code": {"type": "string", "description": "问题代码，不随语言变化。The same in every language, for programs."},
        "facts": {"type": "object", "description": "有关事实。What it is about: ids, fields, rules, limits."},
        "errors": {
            "type": "array",
            "items": {"type": "object"},
            "description": "逐项指出的错误：位置、现状、应当如何。Each fault: where, what is so, what would be right.",
        },
        "instance": {"type": "string", "description": "本次请求的编号，日志中可查。The request's id, as in the log."},
    },
    "examples": [
        {
            "type": "urn:legal-dispatch:problem:not-found",
            "title": "There is no such case.",
            "status": 404,
            "code": "not-found",
            "facts": {"what": "case", "id": "0f8fad5bd9cb469fa16570867728950e"},
        }
    ],
}
SCHEMA = {"$ref": "#/components/schemas/Problem"}

EVERYWHERE: dict[int | str, dict[str, Any]] = {
    **{
        status: {"description": f"{en} {zh}。", "content": {MEDIA_TYPE: {"schema": SCHEMA}}}
        for status, (_, en, zh) in PLAIN.items()
        if status in (400, 408, 413, 415, 422)
    },
    **responses(
        errors.UnauthenticatedError, errors.ForbiddenError, errors.TooManyRequestsError, errors.UnavailableError
    ),
}


class ProblemAnswer(NamedTuple):
    """A refusal or a fault, as it is answered."""

    status: int
    body: dict[str, Any]
    headers: Mapping[str, str]


Refusal = DispatchError | RequestValidationError | HTTPException


def install(app: FastAPI) -> None:
    """Let every refusal and fault of the app be answered as a problem."""
    for kind in (DispatchError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, answer)  # type: ignore[arg-type]  # each answers its own kind alone
    app.add_exception_handler(Exception, fault)


def problem(
    request: Request, status: int, code: str, title: str, headers: Mapping[str, str] | None = None, **more: Any
) -> ProblemAnswer:
    """Return one problem; its instance is the request's correlation id."""
    body = {"type": TYPE + code, "title": title, "status": status, "code": code, **more}
    rules = ",".join(more.get("facts", {}).get("rules", ()))
    request.state.reason = f"{code}: {rules}" if rules else code
    body["instance"] = getattr(request.state, "correlation_id", "")
    return ProblemAnswer(status, body, dict(headers or {}))


def problem_of(request: Request, refusal: Refusal) -> ProblemAnswer:
    """Return what a refusal is answered with, in the reader's language."""
    if isinstance(refusal, DispatchError):
        return _refused(request, refusal)
    return _invalid(request, refusal) if isinstance(refusal, RequestValidationError) else _plain(request, refusal)


# Asynchronous, or Starlette would send each through the thread pool.
async def answer(request: Request, refusal: Refusal) -> Response:
    """Return the answer to a refusal, whether a route or the gate refuses."""
    return _rendered(request, problem_of(request, refusal))


async def fault(request: Request, _error: Exception) -> Response:
    """Return the problem that reports a fault of our own, with the id of the request."""
    return _rendered(request, _render_plain(request, HTTPStatus.INTERNAL_SERVER_ERROR))


def _rendered(request: Request, found: ProblemAnswer) -> Response:
    # A browser gets a page, if the app has any: `dispatch.console` says which.
    page: Response | None = getattr(request.app.state, "problem_page", _no_page)(request, found)
    if page is not None:
        return page
    challenge = {"WWW-Authenticate": "Bearer"} if found.status == HTTPStatus.UNAUTHORIZED else {}
    return JSONResponse(found.body, found.status, {**found.headers, **challenge}, MEDIA_TYPE)


def _no_page(_request: Request, _found: ProblemAnswer) -> None:
    return None


def _refused(request: Request, error: DispatchError) -> ProblemAnswer:
    language = language_of(request)
    rules = [RULES_BY_CODE[code] for code in error.facts.get("rules", ()) if code in RULES_BY_CODE]
    reasons: dict[str, Any] = {"errors": [_reason(rule, language) for rule in rules]} if rules else {}
    title = error.title(language)
    wait_s = error.facts.get("retry_after_s")
    headers = {"Retry-After": str(wait_s)} if wait_s else None
    facts = dict(error.facts)
    if isinstance(error, errors.UnknownReferenceError) and (listed := LISTED.get(facts.get("field", ""))):
        facts["listed"] = listed
    return problem(request, STATUS[type(error)], error.code, title, headers, facts=facts, **reasons)


def _reason(rule: Rule, language: str) -> dict[str, str]:
    """Return what a rule says of who it refuses, and what it rests on."""
    return {"rule": rule.code, "reason": rule.refusal(language), "source": basis_text(rule.code, language)}


def _invalid(request: Request, error: RequestValidationError) -> ProblemAnswer:
    language = language_of(request)
    undecodable = any(fault["type"] == "json_invalid" for fault in error.errors())
    faults = [
        {
            "field": "body" if undecodable else ".".join(map(str, fault["loc"])),
            "given": "nothing" if fault["type"] == "missing" else KINDS.get(type(fault.get("input")), "null"),
            "expected": expected_of(fault)[language],
        }
        for fault in error.errors()
    ]
    return _render_plain(
        request, HTTPStatus.BAD_REQUEST if undecodable else HTTPStatus.UNPROCESSABLE_ENTITY, errors=faults
    )


def _plain(request: Request, error: HTTPException) -> ProblemAnswer:
    return _render_plain(request, error.status_code, headers=error.headers)


def _render_plain(request: Request, status: int, **more: Any) -> ProblemAnswer:
    code, en, zh = PLAIN.get(status, ("refused", HTTPStatus(status).phrase, HTTPStatus(status).phrase))
    return problem(request, status, code, zh if language_of(request) == "zh" else en, **more)
