"""Errors, one class per fact: the docstring is the English title, ``zh`` the Chinese one.

Keywords are the facts an interface may show: ids, codes and field names, never a person's name
or story. The domain knows no HTTP: the API assigns each error its status.
"""

from collections.abc import Mapping
from typing import Any, ClassVar


class DispatchError(Exception):
    """The request was refused."""

    zh: ClassVar[str] = "请求被拒绝"

    def __init__(self, **facts: Any) -> None:
        self.facts: Mapping[str, Any] = facts
        super().__init__(self.title("en"))

    @property
    def code(self) -> str:
        """Return the kebab-case slug of the class, such as ``not-eligible``."""
        name = type(self).__name__.removesuffix("Error")
        return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("-")

    def title(self, language: str) -> str:
        """Return the title in ``language``: Chinese for ``zh``, else English."""
        return self.zh if language == "zh" else str(type(self).__doc__)


# authentication and permission
class UnauthenticatedError(DispatchError):
    """No valid access token was given."""

    zh = "未提供有效的访问令牌"


class ForbiddenError(DispatchError):
    """This role may not do this."""

    zh = "该角色无权执行此操作"


# records and requests
class NotFoundError(DispatchError):
    """This centre has no such record."""

    zh = "本中心没有该记录"


class InvalidFieldError(DispatchError):
    """A field has an invalid value."""

    zh = "字段内容不符合要求"


class UnknownReferenceError(DispatchError):
    """A field names something that does not exist."""

    zh = "字段引用了不存在的对象"


class DuplicateNumberError(DispatchError):
    """This number is already in use."""

    zh = "该编号已被使用"


class StaleError(DispatchError):
    """The record has changed since it was read."""

    zh = "记录在读取后已被修改"


class IfMatchRequiredError(DispatchError):
    """The change must state the revision it is based on."""

    zh = "修改时须注明所依据的版本"


class AnswerPendingError(DispatchError):
    """The first request with this key has been or is being carried out; its response is not available."""

    zh = "使用该幂等键的首个请求已执行或仍在执行，答复暂不可得"


class KeyReusedError(DispatchError):
    """This idempotency key was used for another request."""

    zh = "该幂等键已用于另一请求"


# cases and decisions
class IllegalTransitionError(DispatchError):
    """The case's current status does not allow this."""

    zh = "案件当前状态不允许此操作"


class NotEligibleError(DispatchError):
    """A hard rule excludes this practitioner from this case."""

    zh = "该承办人员不符合本案的指派条件"


class ReasonRequiredError(DispatchError):
    """This decision requires a recorded reason."""

    zh = "该决定必须记录理由"


class CaseNotOnBoardError(DispatchError):
    """The case is not on the board."""

    zh = "案件不在抢单大厅"


class ClaimRefusedError(DispatchError):
    """This claim cannot be accepted."""

    zh = "不能接受该抢单"


class OfferExpiredError(DispatchError):
    """The time to answer has passed."""

    zh = "答复期限已过"


class OfferClosedError(DispatchError):
    """The offer is no longer open."""

    zh = "该征询已不再有效"


class NotForBoardError(DispatchError):
    """This case may not be posted on the open board."""

    zh = "该案件不得进入公开抢单"


class SecondPersonError(DispatchError):
    """Another officer must decide this."""

    zh = "须由另一名工作人员决定"


class SeatTakenError(DispatchError):
    """This seat of the case is already taken."""

    zh = "该承办名额已有承办人员"


class ConstraintBrokenError(DispatchError):
    """A rule of the register does not allow this record."""

    zh = "登记规则不允许该记录"


class SealBrokenError(DispatchError):
    """The sealed record cannot be opened with this secret."""

    zh = "当前密钥无法解密该记录"


# runs, jobs and proofs
class RunNotReadyError(DispatchError):
    """The run has no proposals yet."""

    zh = "该批次尚无匹配结果"


class JobFinishedError(DispatchError):
    """The job has already ended."""

    zh = "任务已经结束"


class JobAbandonedError(DispatchError):
    """The job was started several times and never finished; see the workers' log."""

    zh = "任务多次执行均未完成，原因见工作进程日志"


class CertificateMismatchError(DispatchError):
    """The certificate does not prove this assignment."""

    zh = "证书不能证明该指派结果"


# endpoints outside
class WebhookSilentError(DispatchError):
    """This endpoint is disabled."""

    zh = "该回调地址已停用"


# policies
class PolicyInvalidError(DispatchError):
    """The policy is outside its allowed range."""

    zh = "政策内容超出允许范围"


class PolicyMissingError(DispatchError):
    """The centre has no policy in force."""

    zh = "本中心没有生效的政策"


class PolicyInForceError(DispatchError):
    """The centre already has a policy in force; only publishing a draft replaces it."""

    zh = "本中心已有生效的政策，须经草稿和发布才能更换"


class NotDraftError(DispatchError):
    """This policy version is no longer a draft and cannot be changed."""

    zh = "该政策版本已不是草稿，不得再改"


class NotRepeatableError(DispatchError):
    """Only a policy version that has been in force can be restored."""

    zh = "只有曾经生效的政策版本才能恢复"


class DraftStaleError(DispatchError):
    """The draft is based on a policy that is no longer in force."""

    zh = "草稿所依据的政策已不再生效"


class BacktestMissingError(DispatchError):
    """This draft has no finished back-test against the policy in force."""

    zh = "缺少本草稿与生效政策的试算结果"


class OutOfLegalBoundsError(DispatchError):
    """A value is outside its legal bounds, and no local rule that allows it is cited."""

    zh = "有数值超出法定范围，且未注明允许的地方规定"


# files
class ImportRefusedError(DispatchError):
    """The file was not imported; nothing was changed."""

    zh = "文件未导入，数据没有变化"


class UnreadableFileError(DispatchError):
    """The file cannot be read."""

    zh = "文件无法读取"


class UnknownColumnError(DispatchError):
    """The file has an unknown column."""

    zh = "文件含有未知的列"


class MissingColumnError(DispatchError):
    """The file lacks a required column."""

    zh = "文件缺少必需的列"


class MappingInvalidError(DispatchError):
    """The mapping file is invalid."""

    zh = "映射文件不符合要求"


class TooLargeError(DispatchError):
    """The request is too large."""

    zh = "请求超出允许的大小"


class UnavailableError(DispatchError):
    """A part of the service is not responding."""

    zh = "服务的某一部分没有响应"


def leaves(root: type[DispatchError] = DispatchError) -> tuple[type[DispatchError], ...]:
    """Return every error that can occur: the classes without subclasses."""
    below = root.__subclasses__()
    return tuple(leaf for child in below for leaf in leaves(child)) if below else (root,)
