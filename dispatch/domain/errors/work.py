"""Runs, jobs, proofs and policies that are not as they would have to be."""

from dispatch.domain.errors.base import DispatchError


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


class BacktestThinError(DispatchError):
    """The back-test rests on too little to put a policy in force by it."""

    zh = "试算所依据的周数、案件或者人员不足，不能据此发布"


class OutOfLegalBoundsError(DispatchError):
    """A value is outside its legal bounds, and no local rule that allows it is cited."""

    zh = "有数值超出法定范围；请改回，或者注明作出规定的地方文件和条款"
