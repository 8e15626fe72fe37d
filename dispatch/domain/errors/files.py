"""Files, documents and parts of the service that cannot be used."""

from dispatch.domain.errors.base import DispatchError


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


class LogTooLongError(DispatchError):
    """The log is too long to be checked while you wait; it is checked whole every night, and by `verify-log`."""

    zh = "审计日志记录较多，不能即时核验；系统每晚全部核验，系统管理员也可以用命令 verify-log 核验"


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


class TooManyRequestsError(DispatchError):
    """Requests come too fast; ask again after the seconds given."""

    zh = "请求过于频繁，请在所示秒数之后重试"


class UnavailableError(DispatchError):
    """A part of the service is not responding."""

    zh = "服务暂不可用，请稍后重试"
