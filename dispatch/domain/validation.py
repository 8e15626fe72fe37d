"""What a field should have held, in both languages: the validation library says it in English only."""

from collections.abc import Mapping
from typing import Any

from dispatch.domain.errors import stated


class UnfitError(ValueError):
    """A value that does not fit; what would be right, in both languages, and the field where several disagree."""

    def __init__(self, zh: str, en: str, field: str = "") -> None:
        super().__init__(en)
        self.zh, self.field = zh, field


ONE_OF, YES_OR_NO = "应为下列之一：{expected}", "应为 true 或者 false"

# fmt: off
EXPECTED: Mapping[str, str] = {
    "missing":                 "必填",
    "extra_forbidden":         "没有这个字段",
    "enum":                    ONE_OF,
    "literal_error":           ONE_OF,
    "string_type":             "应为文本",
    "string_too_short":        "至少{min_length}个字符",
    "string_too_long":         "至多{max_length}个字符",
    "string_unicode":          "应为完整的字符",
    "greater_than":            "应大于{gt}",
    "greater_than_equal":      "应不小于{ge}",
    "less_than":               "应小于{lt}",
    "less_than_equal":         "应不大于{le}",
    "multiple_of":             "应为{multiple_of}的倍数",
    "int_parsing":             "应为整数",
    "int_type":                "应为整数",
    "int_from_float":          "应为整数",
    "float_parsing":           "应为数字",
    "float_type":              "应为数字",
    "finite_number":           "应为有限的数字",
    "bool_parsing":            YES_OR_NO,
    "bool_type":               YES_OR_NO,
    "datetime_type":           "应为带时区的日期时间",
    "datetime_parsing":        "应为带时区的日期时间",
    "datetime_from_date_parsing": "应为带时区的日期时间",
    "datetime_object_invalid": "应为带时区的日期时间",
    "timezone_aware":          "应注明时区",
    "date_type":               "应为日期",
    "date_parsing":            "应为日期",
    "date_from_datetime_parsing": "应为日期",
    "date_from_datetime_inexact": "应为日期",
    "json_invalid":            "不是有效的 JSON",
    "too_short":               "至少{min_length}项",
    "too_long":                "至多{max_length}项",
    "list_type":               "应为列表",
    "tuple_type":              "应为列表",
    "dict_type":               "应为 JSON 对象",
    "model_type":              "应为 JSON 对象",
    "model_attributes_type":   "应为 JSON 对象",
}
OTHERWISE = "所填内容不符合要求"

PATTERNS: Mapping[str, tuple[str, str]] = {
    # a pattern of a schema                 what fits it
    r"^[\w.@-]+@[\w.-]+$":                ("应为登录名@中心代码，如 clerk-1@my-centre",
                                            "login@centre, such as clerk-1@my-centre"),
    r"^[\w.@-]+$":                         ("应为汉字、字母、数字和 . @ _ -，不含空格",
                                            "letters, digits and . @ _ - without blanks"),
    r"^[\w.@ -]*$":                        ("应为汉字、字母、数字、空格和 . @ _ -",
                                            "letters, digits, blanks and . @ _ -"),
    r"^[\w.-]+$":                          ("应为汉字、字母、数字和 . _ -，不含空格",
                                            "letters, digits and . _ - without blanks"),
    r"^[\w-]+$":                           ("应为邀请码，以 inv_ 开头，不含空格",
                                            "the invitation: it begins with inv_ and holds no blanks"),
    r"^[0-9a-f]+$":                        ("应为系统编号，由数字和字母 a 至 f 组成",
                                            "an id of this service, of digits and the letters a to f"),
    r"^[a-z0-9_]{1,40}$":                  ("应为1至40个小写字母、数字或者下划线",
                                            "1 to 40 small letters, digits or underscores"),
    r"^[\x21-\x7e]+$":                     ("应为英文字母、数字和符号，不含空格",
                                            "plain letters, digits and signs without blanks"),
    r"^[^\x00-\x1f]+$":                    ("应为一行文字，不含换行和控制字符",
                                            "one line of text, without control characters"),
    r"^[^\x00-\x08\x0b-\x1f\x7f]*$":       ("应为文字，不含控制字符",
                                            "text without control characters"),
}
# fmt: on


def expected_of(fault: Mapping[str, Any]) -> dict[str, str]:
    """Return what would be right, by an error of the validation library with its ``type``, ``msg`` and ``ctx``."""
    context = fault.get("ctx", {})
    if isinstance(unfit := context.get("error"), UnfitError):
        return stated(unfit.zh, str(unfit))
    if words := PATTERNS.get(context.get("pattern", "")):
        return stated(*words)
    try:
        zh = EXPECTED[fault["type"]].format_map(context)
    except KeyError:
        zh = OTHERWISE
    return stated(zh, str(fault["msg"]))
