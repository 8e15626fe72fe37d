"""Errors, one class per fact: the docstring is the English title, ``zh`` the Chinese one.

Keywords are the facts an interface may show: ids, codes and field names, never a person's name
or story. The domain knows no HTTP: the API assigns each error its status.
"""

from collections.abc import Mapping
from typing import Any, ClassVar


class DispatchError(Exception):
    """The request was refused."""

    zh: ClassVar[str] = "该操作未能完成"

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

    zh = "登录凭证（令牌）无效或者已过期，请重新获取"


class ForbiddenError(DispatchError):
    """This role may not do this."""

    zh = "当前角色无此权限，请联系系统管理员"


# records and requests
class NotFoundError(DispatchError):
    """This centre has no such record."""

    zh = "本中心没有该记录，请核对编号"


class InvalidFieldError(DispatchError):
    """A field has an invalid value."""

    zh = "所填内容不符合要求，请按提示修改"


class UnknownReferenceError(DispatchError):
    """A field names something that does not exist."""

    zh = "所填内容在本中心没有登记，请核对编号"


class DuplicateNumberError(DispatchError):
    """This number is already in use."""

    zh = "该编号已被使用，请换一个编号"


class MergeRefusedError(DispatchError):
    """Both records are asked for, or have, the cases named, or are on opposed sides of them; replace one first."""

    zh = "两条登记同时涉及所列案件，或者处于利益对立（同案）的双方，请先更换其中一方的承办人员"


class StaleError(DispatchError):
    """The record has changed since it was read."""

    zh = "该记录已被他人修改，请刷新后重试"


class IfMatchRequiredError(DispatchError):
    """The change must state the revision it is based on."""

    zh = "请注明修改所依据的版本（If-Match）"


class AnswerPendingError(DispatchError):
    """The first request with this key has been or is being carried out; its response is not available."""

    zh = "该请求已提交，正在处理或者结果暂不可取，请稍后查询，勿重复提交"


class KeyReusedError(DispatchError):
    """This idempotency key was used for another request."""

    zh = "该请求编号（Idempotency-Key）已用于其他请求，请更换"


class CalendarInvalidError(DispatchError):
    """The notice of working days is invalid; nothing was changed."""

    zh = "放假安排不符合要求，数据没有变化；请按所列各行的提示修改"


class SubsidyTableInvalidError(DispatchError):
    """The subsidy table is invalid."""

    zh = "补贴标准不符合要求，请按所列各行的提示修改"


class SubsidyTableMissingError(DispatchError):
    """No subsidy table is valid for this closing day."""

    zh = "结案之日没有可适用的补贴标准，请先登记补贴标准（POST /v1/subsidy-tables）"


class NoRateFitsError(DispatchError):
    """No row of the subsidy table is for this kind of work."""

    zh = "补贴标准中没有适用于该类案件的一行，请补充后再核算"


class NoSubsidyDueError(DispatchError):
    """Whoever works on a public post draws no subsidy."""

    zh = "法律援助机构工作人员、公职律师不领取法律援助补贴"


class WorkUnknownError(DispatchError):
    """What the subsidy is reckoned by is not known yet."""

    zh = "核算补贴所需的内容尚未填写，请按所列项目补充"


# cases and decisions
class IllegalTransitionError(DispatchError):
    """The case's current status does not allow this."""

    zh = "案件当前状态不能进行此操作，请先查看案件状态"


class StepOutOfOrderError(DispatchError):
    """Something else must be done before this, or it is done already."""

    zh = "不能进行这一步：前一步尚未完成，或者已经办理，请先查看办理情况"


class WishesAskedError(DispatchError):
    """The first of the wishes has been asked; they can no longer be changed, only a replacement be asked for later."""

    zh = "已开始征询您点援的人员，点援意愿不能再更改；指派后可以申请更换承办人员"


class NotEligibleError(DispatchError):
    """A hard rule excludes this practitioner from this case."""

    zh = "该承办人员不符合本案的指派条件，请按所列原因改派或者补充登记"


class ReasonRequiredError(DispatchError):
    """This decision requires a recorded reason."""

    zh = "作出该决定须记录理由，请填写"


class CaseNotOnBoardError(DispatchError):
    """The case is not on the board."""

    zh = "该案件已不在抢单大厅，请刷新后再看"


class ClaimRefusedError(DispatchError):
    """This claim cannot be accepted."""

    zh = "抢单未成功，原因见所列规则"


class OfferExpiredError(DispatchError):
    """The time to answer has passed."""

    zh = "答复期限已过，本案将征询其他人员"


class OfferClosedError(DispatchError):
    """The offer is no longer open."""

    zh = "该征询已失效，无需答复"


class TooManyChangesError(DispatchError):
    """The practitioner of this case was changed as often as is allowed in one procedure."""

    zh = "本案在同一诉讼程序中更换承办人员已达上限"


class NotForBoardError(DispatchError):
    """This case may not be posted on the open board."""

    zh = "未成年人、性侵害、涉密案件，本系统不公开抢单；请用其他指派方式"


class SecondPersonError(DispatchError):
    """Another officer must decide this."""

    zh = "须由另一名工作人员复核"


class SeatTakenError(DispatchError):
    """This seat of the case is already taken."""

    zh = "该承办名额已有承办人员，请先更换或者另选名额"


class ConstraintBrokenError(DispatchError):
    """A rule of the register does not allow this record."""

    zh = "与已登记的内容冲突，未保存；请核对后重试"


class DatabaseForeignError(DispatchError):
    """This database holds tables of something else: name an empty one, or one of this service, in DATABASE_URL."""

    zh = "该数据库中已有其他系统的数据表：请在 DATABASE_URL 中写明空的数据库，或者本系统的数据库"


class DatabaseNewerError(DispatchError):
    """A later version of this service made the database: start that version, or restore a backup."""

    zh = "该数据库由更新的版本建立：请使用该版本，或者从备份恢复"


class SecretWeakError(DispatchError):
    """The secret is empty, short or of too few letters: give a long random one, or leave it out to have one made."""

    zh = "密钥为空、过短或者过于简单：请设置较长的随机密钥，或者不设置而由系统生成"


class WrongKeyError(DispatchError):
    """This register was sealed with another secret: nothing is read or taken in with this one."""

    zh = "本数据库使用的是另一密钥，不能读写个人信息：请恢复原来的 DISPATCH_SECRET（或者数据文件夹中的 secret 文件）"


class SealBrokenError(DispatchError):
    """The sealed record cannot be opened with this secret."""

    zh = "当前密钥无法解密该记录，请核对 DISPATCH_SECRET"


# runs, jobs and proofs
class RunNotReadyError(DispatchError):
    """The run has no proposals yet."""

    zh = "该批次尚无匹配结果，请待匹配完成后再看"


class JobFinishedError(DispatchError):
    """The job has already ended."""

    zh = "该任务已经结束，无需取消"


class JobAbandonedError(DispatchError):
    """The job was started several times and never finished; see the workers' log."""

    zh = "任务多次执行均未完成，请查看后台进程日志后重新发起"


class CertificateMismatchError(DispatchError):
    """The certificate does not prove this assignment."""

    zh = "最优性证明与该指派结果不符，请勿据此采纳"


class WebhookSilentError(DispatchError):
    """This endpoint is disabled."""

    zh = "该回调地址已停用，请先启用"


# policies
class PolicyInvalidError(DispatchError):
    """The policy is outside its allowed range."""

    zh = "指派方案的数值超出允许范围，请按提示修改"


class PolicyMissingError(DispatchError):
    """The centre has no policy in force."""

    zh = "本中心尚无现行指派方案，请先发布一个"


class PolicyInForceError(DispatchError):
    """The centre already has a policy in force; only publishing a draft replaces it."""

    zh = "本中心已有现行指派方案；请起草新版本并发布"


class NotDraftError(DispatchError):
    """This policy version is no longer a draft and cannot be changed."""

    zh = "该版本已不是草稿，不能修改；请另起草一版"


class NotRepeatableError(DispatchError):
    """Only a policy version that has been in force can be restored."""

    zh = "只能恢复曾经生效的版本，请另选一版"


class DraftStaleError(DispatchError):
    """The draft is based on a policy that is no longer in force."""

    zh = "草稿依据的指派方案已被更新；请改为依据现行方案后再试算"


class BacktestMissingError(DispatchError):
    """This draft has no finished back-test against the policy in force."""

    zh = "请先将本草稿与现行指派方案试算，再发布"


class OutOfLegalBoundsError(DispatchError):
    """A value is outside its legal bounds, and no local rule that allows it is cited."""

    zh = "有数值超出法定范围；请改回，或者注明作出规定的地方文件和条款"


# files
class ImportRefusedError(DispatchError):
    """The file was not imported; nothing was changed."""

    zh = "文件没有导入，数据没有变化；请按所列各行改正后重试"


class UnreadableFileError(DispatchError):
    """The file cannot be read."""

    zh = "文件无法读取，请按提示处理后重试"


class MissingColumnError(DispatchError):
    """The file lacks a required column."""

    zh = "文件缺少必需的列，请对照模板补上"


class MappingInvalidError(DispatchError):
    """The mapping file is invalid."""

    zh = "映射文件不符合要求，请按提示修改"


class TooLargeError(DispatchError):
    """The request is too large."""

    zh = "内容超出允许的大小，请分批提交"


class DocumentIncompleteError(DispatchError):
    """The document has blanks; fill in the fields listed, where it says, and ask again."""

    zh = "文书还有空项，请按所列字段和位置补填后再出具"


class DocumentIssuedError(DispatchError):
    """The document is already issued with other values; void it first, or ask without values for the one there is."""

    zh = "该文书已按其他内容出具；如需更改，请先作废再重新出具"


class TemplateInvalidError(DispatchError):
    """This is no template for this document."""

    zh = "该文件不能用作本文书模板，请按所列原因修改"


class RendererMissingError(DispatchError):
    """No PDF renderer is installed where the service runs; take the .docx or the page, or install LibreOffice."""

    zh = "服务所在主机未安装 PDF 转换程序；请改用 .docx 或者网页打印，或者安装 LibreOffice"


class UnavailableError(DispatchError):
    """A part of the service is not responding."""

    zh = "服务暂不可用，请稍后重试"


def stated(zh: str, en: str) -> dict[str, str]:
    """Return a fact that is a sentence; whoever shows it takes the reader's language."""
    return {"zh": zh, "en": en}


def leaves(root: type[DispatchError] = DispatchError) -> tuple[type[DispatchError], ...]:
    """Return every error that can occur: the classes without subclasses."""
    below = root.__subclasses__()
    return tuple(leaf for child in below for leaf in leaves(child)) if below else (root,)
