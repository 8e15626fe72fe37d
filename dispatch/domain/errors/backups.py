"""What keeps a backup from being made or taken back."""

from dispatch.domain.errors.base import DispatchError


class BackupUnreadableError(DispatchError):
    """This is no backup of this service, or a damaged one."""

    zh = "这不是本系统的备份文件，或者已损坏"


class BackupDiffersError(DispatchError):
    """What was restored is not what the backup says that it holds: do not use it, take another backup."""

    zh = "恢复的数据与备份清单不一致：请勿使用，请改用另一份备份"


class BackupToolError(DispatchError):
    """PostgreSQL's own tool is missing or failed: install the client programs of the server's version."""

    zh = "缺少 PostgreSQL 的备份工具，或者该工具未能完成：请安装与服务器版本一致的客户端程序"


class BackupKindError(DispatchError):
    """A backup goes back into the kind of database it came from."""

    zh = "备份须恢复到同一种数据库（SQLite 或者 PostgreSQL）"


class DatabaseNotEmptyError(DispatchError):
    """There is something in this database: a backup is restored into an empty one only, and nothing is overwritten."""

    zh = "该数据库不是空的：备份只恢复到空的数据库，不覆盖任何数据"


class FileExistsAlreadyError(DispatchError):
    """There is a file of this name: nothing is overwritten."""

    zh = "已有同名文件：不覆盖任何文件，请换一个文件名"


class DiskFullError(DispatchError):
    """There is not enough room on the disk."""

    zh = "磁盘空间不足"
