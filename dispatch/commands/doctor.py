"""The doctor: what is stuck, why, and how to fix it. Reads only; ids and counts only."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple

from redis import Redis, RedisError
from sqlmodel import Session

from dispatch.commands.rekey import unreadable
from dispatch.domain.errors import RekeyUnderwayError, UnavailableError, WrongKeyError
from dispatch.domain.vocabulary import Term
from dispatch.registry import findings, migrate, webhooks
from dispatch.registry.jobs import backlog, leases, queues
from dispatch.registry.key import Key
from dispatch.registry.seal import Seal
from dispatch.registry.transaction import Read

UNSENT_AFTER = timedelta(seconds=10)
SILENT_AFTER = timedelta(seconds=40)
FAILS_AFTER_SENDS = 4
DEADLINE_AHEAD = timedelta(hours=24)
DEAD_SHOWN = timedelta(days=7)
IDS_NAMED = 20
ALWAYS_SERVED = ("runs",)
"""Queues that need a worker even while nothing waits in them."""


# fmt: off
class Ailment(Term):
    """What can be wrong, in both languages."""

    DATABASE_AWAY   = "database_away",   "数据库没有应答",         "the database does not answer"
    SCHEMA_OLD      = "schema_old",      "数据库结构不是最新",   "the database is not at the newest revision"
    SCHEMA_NEWER    = "schema_newer",    "数据库由更新的版本建立", "a later version made the database"
    WRONG_KEY       = "wrong_key",       "密钥不是本数据库的密钥", "the secret is not the one of this database"
    REKEY_OPEN      = "rekey_open",      "更换密钥尚未完成",       "the register is being sealed with another secret"
    UNREADABLE      = "unreadable",      "有加密内容无法读取",     "sealed texts that cannot be opened"
    REDIS_AWAY      = "redis_away",      "Redis 没有应答",         "Redis does not answer"
    NO_SCHEDULER    = "no_scheduler",    "没有起作用的定时进程",   "no scheduler is effective"
    NO_WORKER       = "no_worker",       "有队列没有正在运行的后台进程", "no living worker for a queue"
    SILENT_WORKER   = "silent_worker",   "后台进程失联",         "a worker has fallen silent"
    UNSENT          = "unsent",          "任务尚未送入队列",     "jobs asked for but not sent"
    FAILING         = "failing",         "有任务反复出错",         "a job keeps failing"
    WEBHOOK_DEAD    = "webhook_dead",    "回调消息未能送达",     "webhook messages were given up"
    WEBHOOK_SILENT  = "webhook_silent",  "回调地址因失败停用",   "an endpoint was disabled because it failed"
    LAPSED_CLAIM    = "lapsed_claim",    "正在执行的任务没有进展", "long work without a heartbeat"
    DEADLINE_MISSED = "deadline_missed", "指派期限已过",         "cases past their time limit"
    DEADLINE_NEAR   = "deadline_near",   "指派期限将至",         "cases due within a day"
    DISK_FULL       = "disk_full",       "磁盘空间不足",         "little room is left on the disk"
    TRIGGER_GONE    = "trigger_gone",    "防更改的触发器被删除或者更改", "triggers that keep the history are gone"
    LOG_BROKEN      = "log_broken",      "审计日志核验未通过",   "a log does not verify"
    LOG_UNSEALED    = "log_unsealed",    "审计日志未及时封存",   "the log is not being sealed"
    CALENDAR_MISSING = "calendar_missing", "缺少年度放假安排",   "the notice about a year's working days is missing"
    BACKUP_STALE    = "backup_stale",    "没有近期的备份",       "no recent backup"


UNASKED = frozenset({Ailment.DATABASE_AWAY, Ailment.SCHEMA_OLD, Ailment.SCHEMA_NEWER})
"""While one of them lasts, the database cannot be asked for more."""

MEND: dict[Ailment, tuple[str, str]] = {
    # ailment                 what to do, in Chinese and in English
    Ailment.DATABASE_AWAY:   ("请检查 DATABASE_URL，并启动数据库。",
                              "Check DATABASE_URL and start the database."),
    Ailment.SCHEMA_OLD:      ("请运行 `legal-dispatch migrate`，然后重启服务进程。",
                              "Run `legal-dispatch migrate`, then restart the service's processes."),
    Ailment.SCHEMA_NEWER:    ("请使用建立该数据库的版本，或者从备份恢复。",
                              "Start the version that made it, or restore a backup."),
    Ailment.WRONG_KEY:       ("请恢复原来的 DISPATCH_SECRET（或者数据文件夹中的 secret 文件），否则不能读写个人信息。",
                              "Give DISPATCH_SECRET (or the file `secret` of the data folder) its old value; until "
                              "then nothing personal is read or taken in."),
    Ailment.REKEY_OPEN:      ("请再次运行 `legal-dispatch rekey`，已完成的部分不会重做。",
                              "Run `legal-dispatch rekey` again; what is done stays done."),
    Ailment.UNREADABLE:      ("请从备份恢复所列记录；名单和导出中其他记录不受影响。",
                              "Restore these rows from a backup; lists and exports go on without them."),
    Ailment.REDIS_AWAY:      ("请检查 REDIS_URL，并启动 Redis；任务都在数据库中，不会丢失。",
                              "Check REDIS_URL and start Redis; no job is lost, the database keeps them all."),
    Ailment.NO_SCHEDULER:    ("请启动 `legal-dispatch scheduler`。",
                              "Start `legal-dispatch scheduler`."),
    Ailment.NO_WORKER:       ("请启动该队列的 `legal-dispatch worker`。",
                              "Start a `legal-dispatch worker` for this queue."),
    Ailment.SILENT_WORKER:   ("无需处理，其任务由其他后台进程接手；如主机仍在运行，请重启该进程。",
                              "Nothing: others take up its job. If its host is up, restart the process."),
    Ailment.UNSENT:          ("请确认定时进程正在运行，并能连接 Redis。",
                              "See that a scheduler runs and reaches Redis."),
    Ailment.FAILING:         ("请查看后台进程日志中的该任务，必要时取消。",
                              "Look for this job in the workers' log; cancel it if it cannot succeed."),
    Ailment.WEBHOOK_DEAD:    ("请修复接收方，再重新发送：`POST /v1/webhooks/{id}/replay`。",
                              "Mend the receiver, then replay: `POST /v1/webhooks/{id}/replay`."),
    Ailment.WEBHOOK_SILENT:  ("请修复接收方，再启用并重新发送：`POST /v1/webhooks/{id}/enable`。",
                              "Mend the receiver, enable it again (`POST /v1/webhooks/{id}/enable`) and replay."),
    Ailment.LAPSED_CLAIM:    ("一分钟内自动由其他后台进程接手；如仍有此提示，请确认该队列有后台进程。",
                              "It is taken up again within a minute; if it stays, see that its queue has a worker."),
    Ailment.DEADLINE_MISSED: ("请立即人工指派承办人员，并记录理由。",
                              "Designate practitioners at once and record the reason."),
    Ailment.DEADLINE_NEAR:   ("请立即发起匹配并采纳结果，或者人工指派。",
                              "Request a run now and apply it, or designate."),
    Ailment.DISK_FULL:       ("请清理磁盘或者扩大空间；空间用尽后不能写入。",
                              "Make room: once it is full, nothing can be written."),
    Ailment.TRIGGER_GONE:    ("请查明是谁更改了数据库，运行 `legal-dispatch verify-log` 核验，再从备份恢复。",
                              "Find out who changed the database, run `legal-dispatch verify-log`, restore a backup."),
    Ailment.LOG_BROKEN:      ("请运行 `legal-dispatch verify-log` 查看是哪些记录，并保留现有数据库备查。",
                              "Run `legal-dispatch verify-log` to see which entries; keep the database as it is."),
    Ailment.LOG_UNSEALED:    ("请确认定时进程正在运行，并查看其日志。",
                              "See that a scheduler runs, and look into its log."),
    Ailment.CALENDAR_MISSING: ("通知公布后，请运行 `legal-dispatch calendar load`。",
                              "Once the notice is out, run `legal-dispatch calendar load`."),
    Ailment.BACKUP_STALE:    ("请运行 `legal-dispatch backup FILE`，并定期用 `legal-dispatch drill FILE` 演练。",
                              "Run `legal-dispatch backup FILE`, and try it with `legal-dispatch drill FILE`."),
}

DETAILS: dict[Ailment, tuple[str, str]] = {
    # ailment                 where it is and what else is known; the ailments that are left out say all
    Ailment.SCHEMA_OLD:      ("现为{at}，最新为{newest}", "at {at}, the newest is {newest}"),
    Ailment.SCHEMA_NEWER:    ("现为{at}，本版本为{newest}", "at {at}, this version has {newest}"),
    Ailment.UNREADABLE:      ("数据表：{subject}，共{rows}行，编号：{ids}", "table {subject}, rows {rows}: {ids}"),
    Ailment.REDIS_AWAY:      ("{error}", "{error}"),
    Ailment.NO_SCHEDULER:    ("上次运行：{beat_at}", "last seen: {beat_at}"),
    Ailment.NO_WORKER:       ("队列：{subject}，等待{waiting}件", "queue {subject}, waiting jobs: {waiting}"),
    Ailment.SILENT_WORKER:   ("进程：{subject}，队列：{queue}", "{subject}, queue {queue}"),
    Ailment.UNSENT:          ("{count}件", "{count}"),
    Ailment.FAILING:         ("任务：{job}，编号：{subject}，已送出{sends}次", "{job} {subject}, sent {sends} times"),
    Ailment.WEBHOOK_DEAD:    ("{count}条", "{count}"),
    Ailment.WEBHOOK_SILENT:  ("编号：{subject}，失败{failures}次", "{subject}, failures: {failures}"),
    Ailment.LAPSED_CLAIM:    ("编号：{subject}，进程：{claimed_by}，第{attempt}次执行",
                              "{subject}, attempt {attempt} by {claimed_by}"),
    Ailment.DEADLINE_MISSED: ("{count}件", "{count}"),
    Ailment.DEADLINE_NEAR:   ("{count}件", "{count}"),
    Ailment.DISK_FULL:       ("{subject}，剩余{free_mb} MB", "{subject}, {free_mb} MB free"),
    Ailment.TRIGGER_GONE:    ("{subject}", "{subject}"),
    Ailment.LOG_BROKEN:      ("{count}处", "{count}"),
    Ailment.LOG_UNSEALED:    ("最近一条记录于{since}", "its newest entry is of {since}"),
    Ailment.CALENDAR_MISSING: ("{count}个中心", "{count}"),
    Ailment.BACKUP_STALE:    ("最近一次：{last}", "the last: {last}"),
}
# fmt: on


class Finding(NamedTuple):
    """One thing that is wrong: where, the known facts, and through the ailment how to fix it."""

    ailment: Ailment
    subject: str
    facts: dict[str, str | int]

    def mend(self, language: str) -> str:
        """Return what to do, in Chinese for ``zh``, else in English."""
        zh, en = MEND[self.ailment]
        return zh if language == "zh" else en

    def details(self, language: str) -> str:
        """Return where it is and what else is known; nothing where the ailment says all."""
        zh, en = DETAILS.get(self.ailment, ("", ""))
        wording, none = (zh, "无") if language == "zh" else (en, "none")
        known = {name: value for name, value in self.facts.items() if value != ""}
        return wording.format_map(defaultdict(lambda: none, known, subject=self.subject))


def examine(read: Read, key: Key, redis: Redis, now: datetime, *, whole: bool = True) -> list[Finding]:
    """Return everything that is wrong; an empty list means healthy. Where not ``whole``, sealed texts stay closed."""
    found = list(examine_redis(redis, now))
    try:
        return [*found, *examine_database(read, now), *examine_key(read, key, whole=whole)]
    except UnavailableError:
        return [*found, Finding(Ailment.DATABASE_AWAY, "database", {})]


def examine_database(read: Read, now: datetime) -> Iterator[Finding]:
    """Yield what the database tells."""
    with read() as session:
        stands_at = migrate.revision_of(session.connection())
        if stands_at != migrate.newest():
            # Another schema cannot be asked the questions of this one.
            newer = stands_at is not None and not migrate.is_known(stands_at)
            ailment = Ailment.SCHEMA_NEWER if newer else Ailment.SCHEMA_OLD
            yield Finding(ailment, "database", {"at": stands_at or "", "newest": migrate.newest() or ""})
            return
        yield from _check_scheduler(session, now)
        yield from _check_jobs(session, now)
        yield from _check_deadlines(session, now)
        yield from _check_webhooks(session, now)


def examine_key(read: Read, key: Key, *, whole: bool = True) -> Iterator[Finding]:
    """Yield whether what is sealed here can be opened: by the key, and where ``whole`` text by text."""
    with suppress(UnavailableError):
        try:
            seal = key.require()
        except WrongKeyError:
            yield Finding(Ailment.WRONG_KEY, "secret", {})
        except RekeyUnderwayError:
            yield Finding(Ailment.REKEY_OPEN, "secret", {})
        else:
            if whole:
                yield from _check_sealed(read, seal)


def _check_sealed(read: Read, seal: Seal) -> Iterator[Finding]:
    found: dict[str, list[str]] = {}
    for each in unreadable(read, seal):
        found.setdefault(each.table, []).append(each.id)
    for table, ids in found.items():
        yield Finding(Ailment.UNREADABLE, table, {"rows": len(ids), "ids": " ".join(ids[:IDS_NAMED])})


def count_findings(read: Read) -> dict[str, int]:
    """Return how many findings of the nightly checks are open, by kind; they are for the centres, not ailments."""
    with read() as session:
        return findings.count_open(session)


def examine_redis(redis: Redis, now: datetime) -> Iterator[Finding]:
    """Yield what Redis tells, if only that it is away."""
    try:
        yield from _check_workers(redis, now)
    except RedisError as problem:
        yield Finding(Ailment.REDIS_AWAY, "redis", {"error": type(problem).__name__})


def _check_scheduler(session: Session, now: datetime) -> Iterator[Finding]:
    lease = leases.read_lease(session, leases.SCHEDULER)
    if lease is None:
        yield Finding(Ailment.NO_SCHEDULER, leases.SCHEDULER, {})
    elif lease.until < now:
        yield Finding(Ailment.NO_SCHEDULER, lease.holder, {"beat_at": lease.beat_at.isoformat(timespec="minutes")})


def _check_jobs(session: Session, now: datetime) -> Iterator[Finding]:
    if unsent := backlog.count_unsent(session, now - UNSENT_AFTER):
        yield Finding(Ailment.UNSENT, "outbox", {"count": unsent})
    for row in backlog.list_resent(session, FAILS_AFTER_SENDS):
        yield Finding(Ailment.FAILING, row.argument, {"job": row.job, "outbox_id": row.id or 0, "sends": row.sends})
    for job in backlog.list_silent_jobs(session, now - SILENT_AFTER):
        facts: dict[str, str | int] = {"claimed_by": job.claimed_by or "", "attempt": job.attempt}
        yield Finding(Ailment.LAPSED_CLAIM, job.id, facts)


def _check_deadlines(session: Session, now: datetime) -> Iterator[Finding]:
    missed, near = backlog.count_deadlines(session, now, DEADLINE_AHEAD)
    if missed:
        yield Finding(Ailment.DEADLINE_MISSED, "cases", {"count": missed})
    if near:
        yield Finding(Ailment.DEADLINE_NEAR, "cases", {"count": near})


def _check_webhooks(session: Session, now: datetime) -> Iterator[Finding]:
    if dead := webhooks.count_dead(session, now - DEAD_SHOWN):
        yield Finding(Ailment.WEBHOOK_DEAD, "webhooks", {"count": dead})
    for row in webhooks.list_failing(session):
        yield Finding(Ailment.WEBHOOK_SILENT, row.id, {"because": row.because or "", "failures": row.failures})


def _check_workers(redis: Redis, now: datetime) -> Iterator[Finding]:
    workers = queues.list_workers(redis)
    living = {worker.name for worker in workers if worker.beat_at and now - worker.beat_at < SILENT_AFTER}
    for worker in workers:
        if worker.name not in living:
            yield Finding(Ailment.SILENT_WORKER, worker.name, {"queue": worker.queues, "state": worker.state})
    served = {queue for worker in workers if worker.name in living for queue in worker.queues.split(",")}
    for name in queues.QUEUES:
        waiting = len(queues.find_places(redis, name, now).waiting)
        if name not in served and (waiting or name in ALWAYS_SERVED):
            yield Finding(Ailment.NO_WORKER, name, {"waiting": waiting})
