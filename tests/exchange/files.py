"""Files as people send them: a test names the cells that matter and takes the rest as good."""

import csv
import io

import xlsxwriter

INSTITUTION = {"机构编号": "F1", "机构名称": "某某律师事务所", "机构类型": "律师事务所"}
PRACTITIONER = {"执业证号": "P1", "姓名": "王芳", "机构编号": "F1", "人员类型": "律师", "性别": "女"}
CASE = {
    "案件编号": "C1",
    "案件类别": "民事",
    "案由": "追索劳动报酬",
    "援助形式": "诉讼代理",
    "办案阶段": "一审",
    "受援人姓名": "李雷",
    "收到时间": "2026-03-06 09:30",
}
GOOD = {"institutions": INSTITUTION, "practitioners": PRACTITIONER, "cases": CASE}


def a_csv(*rows, header=None, delimiter=",", encoding="utf-8"):
    """The rows as csv under their own keys as header."""
    header = header or list(dict.fromkeys(key for row in rows for key in row))
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(header)
    writer.writerows([row.get(key, "") for key in header] for row in rows)
    return text.getvalue().encode(encoding)


def a_workbook(*lines, name="sheet", options=None):
    """Lines of cells as an xlsx workbook; a tuple is a cell with a number format."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, **(options or {})}) as workbook:
        sheet = workbook.add_worksheet(name)
        for row, line in enumerate(lines):
            for place, cell in enumerate(line):
                value, form = cell if isinstance(cell, tuple) else (cell, None)
                if value is not None:
                    sheet.write(row, place, value, workbook.add_format({"num_format": form}) if form else None)
    return stream.getvalue()


def good(what, **changes):
    """A good row of this kind with some cells changed or added."""
    return {**GOOD[what], **changes}
