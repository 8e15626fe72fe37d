"""What a case, its people or its chain does not allow now."""

from dispatch.domain.errors.base import DispatchError


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
    """The case is not on the board any more: somebody has it, or it was taken off; choose another."""

    zh = "该案件已由他人抢到或者已撤下，不在抢单大厅；请看其他案件"


class ClaimRefusedError(DispatchError):
    """This claim cannot be accepted."""

    zh = "抢单未成功，原因见所列规则"


class OfferExpiredError(DispatchError):
    """The time to answer has passed."""

    zh = "答复期限已过，本案将征询其他人员"


class OutOfHoursError(DispatchError):
    """The person is away for the whole time to answer: ask somebody else, designate, or ask once they are back."""

    zh = "该人员在征询时限内均不在岗；请征询其他人员、直接指派，或者待其在岗时再征询"


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


class MetricsShutError(DispatchError):
    """Metrics are read with the token of DISPATCH_METRICS_TOKEN; without one, on this machine and past no proxy."""

    zh = "监控指标须凭 DISPATCH_METRICS_TOKEN 设置的令牌读取；没有设置的，只能在本机直接读取，不能经反向代理"


class WrongKeyError(DispatchError):
    """This register was sealed with another secret: nothing is read or taken in with this one."""

    zh = "本数据库使用的是另一密钥，不能读写个人信息：请恢复原来的 DISPATCH_SECRET（或者数据文件夹中的 secret 文件）"


class RekeyUnderwayError(DispatchError):
    """The register is being sealed with another secret: run `legal-dispatch rekey` again if it was interrupted."""

    zh = "数据库正在更换密钥，暂停读写；如已中断，请再次运行 legal-dispatch rekey"


class SealBrokenError(DispatchError):
    """This sealed record cannot be opened: it is damaged, or was sealed with another secret; ask the operator."""

    zh = "该记录已损坏或者由另一密钥加密，无法读取：请联系系统管理员，从备份恢复或者核对 DISPATCH_SECRET"
