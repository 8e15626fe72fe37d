"""Who may not, what is not there, and what was said that no record takes."""

from dispatch.domain.errors.base import DispatchError


# authentication and permission
class UnauthenticatedError(DispatchError):
    """No valid access token was given."""

    zh = "登录凭证（令牌）无效或者已过期，请重新获取"


class ForbiddenError(DispatchError):
    """This role may not do this."""

    zh = "当前角色无此权限，请联系系统管理员"


class AccessEndedError(DispatchError):
    """Whoever asked for this may no longer act."""

    zh = "提交该任务的用户已停用，任务不再执行"


class SignInRefusedError(DispatchError):
    """The login, the password or the code is not right."""

    zh = "登录名、密码或者验证码有误，请核对后重试"


class SecondFactorNeededError(DispatchError):
    """This account signs in with a code of its authenticator, too; without one, ask for a new invitation."""

    zh = "该账号登录还须填写动态验证码；尚未绑定验证器的，请向系统管理员申请新的邀请链接"


class TooManyTriesError(DispatchError):
    """There were too many tries; wait as many seconds as are stated."""

    zh = "尝试次数过多，请按所示秒数稍后再试"


class InvitationEndedError(DispatchError):
    """This invitation is not valid, was used, or has expired; ask for a new one."""

    zh = "邀请链接无效、已经使用或者已过期，请向系统管理员申请新的邀请链接"


class PasswordAgainError(DispatchError):
    """Give your password again before you do this."""

    zh = "为保障安全，办理该事项前请再次输入密码"


class ForeignPageError(DispatchError):
    """This request does not come from a page of this service."""

    zh = "该请求不是由本系统页面发出，未予办理，请从本系统页面重新操作"


class TransportOpenError(DispatchError):
    """Signing in needs a secure connection (https)."""

    zh = "登录须使用安全连接（https），请联系系统管理员配置"


# records and requests
class NotFoundError(DispatchError):
    """This centre has no such record."""

    zh = "本中心没有该记录，请核对编号"


class InvalidFieldError(DispatchError):
    """A field has an invalid value."""

    zh = "所填内容不符合要求，请按提示修改"


class UnknownReferenceError(DispatchError):
    """A field names something that does not exist."""

    zh = "所填内容在本中心没有登记，请按提示核对"


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

    zh = "结案之日没有可适用的补贴标准，请负责人先在“补贴标准”页制定（接口为POST /v1/subsidy-tables）"


class NoRateFitsError(DispatchError):
    """No row of the subsidy table is for this kind of work."""

    zh = "补贴标准中没有适用于该类案件的一行，请补充后再核算"


class NoSubsidyDueError(DispatchError):
    """Whoever works on a public post draws no subsidy."""

    zh = "法律援助机构工作人员、公职律师不领取法律援助补贴"


class WorkUnknownError(DispatchError):
    """What the subsidy is reckoned by is not known yet."""

    zh = "核算补贴所需的内容尚未填写，请按所列项目补充"
