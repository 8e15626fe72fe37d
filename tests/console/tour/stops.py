"""The stops of the picture tour, in the order of a day at a centre: what is done at each, and what is said of it."""

from collections.abc import Callable
from typing import Any, NamedTuple

from playwright.sync_api import Page
from sqlmodel import col, select

from dispatch.commands.access import create_user
from dispatch.commands.documents.issuing import issue
from dispatch.commands.funds.tables import add_table
from dispatch.commands.policies.drafts import begin_with, draft_policy
from dispatch.domain.documents import DocumentKind
from dispatch.domain.vocabulary import Role
from dispatch.registry.tables import AssignmentRow, CaseRow
from tests.console.tour.stage import Stage

STANDARD: dict[str, Any] = {
    "title_zh": "示例市法律援助办案补贴标准", "title_en": "Subsidy standard of the sample city",
    "valid_from": "2026-01-01", "source": [{"document": "示例司文〔2025〕1号"}],
    "rates": [
        {"matters": ["criminal"], "stages": ["investigation", "prosecution"], "amount_fen": 90_000},
        {"amount_fen": 150_000, "cost_cap_fen": 50_000},
    ],
    "grade_percent": {"excellent": 120, "good": 100, "pass": 100, "fail": 0},
}  # fmt: skip
PHONE, DESK = (390, 844), (1280, 860)
HEADER = (
    "案件编号,案件类型,案由（罪名）,法律援助形式,诉讼（办理）阶段,办案机关（争议处理机关）所在地,受援人姓名,"
    "收到申请（通知）时间"
)
ROWS = [
    f"2026-1{k:03},民事,追索劳动报酬纠纷,诉讼代理,一审,梁园区,{name},2026-11-30 09:{k:02}"
    for k, name in enumerate(["王小明", "李小红", "张小军", "赵小兰", "孙小强"])
] + ["2026-1005,海事,追索劳动报酬纠纷,诉讼代理,一审,梁园区,周小梅,2026-11-30 10:10"]


class Visitor:
    """Somebody at a stop: whose browser it is, and how they go about."""

    def __init__(self, stage: Stage, page: Page, lang: str) -> None:
        self.stage, self.page, self.lang = stage, page, lang

    def open(self, path: str) -> None:
        """Open a page below the console."""
        answer = self.page.goto(f"{self.stage.address}/console{path}")
        assert answer
        assert answer.ok, path

    def click(self, zh: str, en: str, *, exact: bool = False) -> None:
        """Press the first button, or follow the first link, that is called so."""
        name = zh if self.lang == "zh" else en
        found = self.page.get_by_role("button", name=name, exact=exact)
        found = found.or_(self.page.get_by_role("link", name=name, exact=exact))
        with self.page.expect_navigation():
            found.filter(visible=True).first.click()


class Stop(NamedTuple):
    """A stop: its picture's name, whose page it is, how large, which page of the table, the words, what is done."""

    code: str
    role: Role | None
    size: tuple[int, int]
    path: str
    """The page's path as the table of pages has it; the visitor opens what it needs."""

    zh: tuple[str, str]
    """What the stop is called, and one or two sentences."""

    en: tuple[str, str]
    play: Callable[[Visitor], None] | None = None
    """What is done; left out, the page is only opened."""


def sign_in(at: Visitor) -> None:
    """Fill the form in, without sending it."""
    at.open("/sign-in")
    at.page.fill("#login", "my-clerk@shili")
    at.page.fill("#password", "city-0000-0000")


def take_in(at: Visitor) -> None:
    """Fill the first step in."""
    at.open("/cases/new")
    at.page.fill("#number", "（2026）梁援字第301号")
    at.page.fill("#received_at", "2026-12-01T09:10")
    at.page.select_option("#matter", "civil")
    at.page.fill("#cause", "追索劳动报酬纠纷" if at.lang == "zh" else "unpaid wages")
    at.page.select_option("#service", "litigation_agency")
    at.page.select_option("#stage", "first_instance")


def preview(at: Visitor) -> None:
    """Look at what would become of each row of a file."""
    at.open("/imports/new")
    content = "\n".join([HEADER, *ROWS]).encode()
    at.page.set_input_files("#file", {"name": "cases.csv", "mimeType": "text/csv", "buffer": content})
    at.click("查看逐行结果", "See the fate of each row")


def case(at: Visitor) -> None:
    """Open a case that waits."""
    at.open(f"/cases/{at.stage.find()[0].id}")


def candidates(at: Visitor) -> None:
    """Open who may take it, with what the first one's score rests on."""
    at.open(f"/cases/{at.stage.find()[0].id}/candidates")
    at.page.locator(".candidate details").first.locator("summary").click()


def run(at: Visitor) -> None:
    """Start a run, and look at what it proposes."""
    at.open("/match")
    at.click("发起匹配", "Start a run")
    at.stage.solve(at.page.url.rpartition("/")[2].partition("?")[0])
    at.page.reload()


def notice(at: Visitor) -> None:
    """Assign the first proposal and issue its notice."""
    run(at)
    at.page.locator("input[type=checkbox]").first.check()
    at.page.fill("#reason", "其余案件待补材料" if at.lang == "zh" else "papers of the others are owed")
    at.click("采纳所选", "Apply what is ticked")
    at.click("指派通知书", "Notice", exact=True)
    at.click("编号并出具", "Number and issue it")


def link(at: Visitor) -> None:
    """Make a recipient's link."""
    at.open(f"/cases/{at.stage.choosable().id}/link")
    at.click("开通链接", "Make the link")


def claim(at: Visitor) -> None:
    """Claim the first case, and go on to it."""
    at.open("/board")
    at.click("抢单", "Claim")


def enter(at: Visitor) -> None:
    """Come in by a link and its code."""
    link = at.stage.link(at.stage.choosable())
    at.open(f"/r/{link.id}")
    at.page.fill("#code", f"{link.code[:4]}-{link.code[4:8]}-{link.code[8:]}")


def welcome(at: Visitor) -> None:
    """Read where the case is."""
    enter(at)
    at.click("下一步", "Go on")


def choose(at: Visitor) -> None:
    """Choose somebody for the first place."""
    welcome(at)
    at.click("我自己选", "I will choose")
    at.page.locator("input[name=pick]").nth(1).check()


def sure(at: Visitor) -> None:
    """Look at the choice once more."""
    choose(at)
    at.click("选这一位", "Choose this person")
    at.page.locator("input[name=pick]").first.check()
    at.click("选这一位", "Choose this person")
    at.click("不再选了", "Nobody else")


def arrange(at: Visitor) -> None:
    """Choose who of the firm takes the case."""
    at.open("/desk")
    at.click("安排承办人员", "Arrange a person")
    at.page.locator("input[name=practitioner_id]").first.check()


def ties(at: Visitor) -> None:
    """Look somebody up, and begin to declare a client of theirs."""
    person = at.stage.lawyer()
    at.open(f"/ties?who={person.code}&practitioner_id={person.id}&kind=adviser")
    at.page.fill("#name", "梁园示例食品有限公司")


def leaves(at: Visitor) -> None:
    """Look somebody up, and begin to record their leave."""
    at.open(f"/leaves?who={at.stage.lawyer().code}")
    at.page.locator("summary", has_text="登记休假" if at.lang == "zh" else "Record leave").click()
    at.page.fill("[id='leave.from_on']", "2026-12-14")


def confirm(at: Visitor) -> None:
    """Look at a manager who waits for another; from here on the city has two."""
    admin = at.stage.actor(Role.ADMIN)
    create_user(at.stage.begin, admin, at.stage.now, admin.centre_id, "zhao", Role.MANAGER)
    at.open("/confirmations")


def policies(at: Visitor) -> None:
    """Look at the versions while one is drafted."""
    stage, manager = at.stage, at.stage.actor(Role.MANAGER)
    start = begin_with(stage.read, manager, changes={"fairness": {"price_per_turn": 30_000}})
    note = "轮次更均匀" if at.lang == "zh" else "fairer turns"
    draft_policy(stage.begin, manager, stage.now, **start._asdict(), note=note)
    at.open("/policies")


def notify(at: Visitor) -> None:
    """Send a notice, and look at it in the list."""
    at.open("/notices/new")
    at.page.fill("#number", "示刑援通〔2026〕12号")
    at.page.fill("#cause", "盗窃罪" if at.lang == "zh" else "theft")
    at.page.select_option("#stage", "first_instance")
    at.page.fill("[id='recipient.name']", "张小明")
    at.click("发送通知", "Send the notice")
    at.open("/notices")


def sent(at: Visitor) -> None:
    """Issue a letter to the organ of a case the lawyer has, and look at what is awaited."""
    stage, clerk = at.stage, at.stage.actor(Role.CLERK)
    with stage.read() as session:
        held = select(CaseRow).join(AssignmentRow).where(AssignmentRow.practitioner_id == stage.lawyer().id)
        case = session.exec(held.where(col(CaseRow.organ).is_not(None)).order_by(CaseRow.number)).first()
    assert case is not None
    values = {"practitioner_phone": "0370-7654321", "standing": "原告"}
    issue(stage.begin, stage.seal, clerk, stage.now, case.id, DocumentKind.LETTER, values)
    at.open("/organ-letters")


def rates(at: Visitor) -> None:
    """Look at the versions after one is put in place."""
    stage = at.stage
    add_table(stage.begin, stage.actor(Role.MANAGER), stage.now, STANDARD)
    at.open("/subsidy-tables")


def try_policy(at: Visitor) -> None:
    """Try the draft of the stop before with another number on today's cases."""
    at.open("/policies")
    at.click("第2版", "Version 2")
    at.click("修改数值、即时试算", "Change its numbers, try it on today")
    at.page.fill('[id="fairness.price_per_turn"]', "60000")
    at.click("即时试算", "Try it on today", exact=True)


def declare(at: Visitor) -> None:
    """Declare a client one advises."""
    at.open("/my-ties?kind=adviser")
    at.page.fill("#name", "梁园示例食品有限公司")
    at.page.fill("#from_on", "2025-03-01")
    at.click("申报", "Declare")


def own_case(at: Visitor) -> None:
    """Open the case that is under way."""
    at.open("/my-cases")
    at.click("开始办理", "Begin the work")


CLERK, LAWYER, FIRM = Role.CLERK, Role.PRACTITIONER, Role.INSTITUTION
# fmt: off
STOPS = (
    Stop("sign-in", None, DESK, "/sign-in",
        ("登录", "用登录名和密码登录；机构负责人、系统管理员和监督检查人员另填动态验证码。"),
        ("Sign in", "By login and password; managers, administrators and auditors add the code of an authenticator."),
        sign_in),
    Stop("workbench", CLERK, DESK, "/",
        ("工作台", "今天要办的都在这里：24小时内到期的在最前面，每一行都有下一步的按钮。"),
        ("Workbench", "What is to be done today: what is due within 24 hours comes first, and each line has its next act.")),
    Stop("cases", CLERK, DESK, "/cases",
        ("案件台账", "按编号、状态、类型、地区和期限查找，选择显示的列，按同样的条件导出表格。"),
        ("Cases", "Found by number, state, branch, area and deadline, with the columns one chooses; the same as a spreadsheet.")),
    Stop("register", CLERK, DESK, "/cases/new",
        ("登记案件", "分五步，每一步先核对再继续；问题指在填写处，利益冲突和重复登记在保存之前列出。"),
        ("Register a case", "Five steps, each checked before the next. A fault stands at its field; conflicts and duplicates are told before anything is kept."),
        take_in),
    Stop("import", CLERK, DESK, "/imports/new",
        ("导入表格", "先看每一行的处理结果，再决定是否导入；不符合要求的，指出哪一行、哪一列、应当怎样填。"),
        ("Import a spreadsheet", "The fate of each row is shown before anything is kept; a fault names its row, its column and what it should be."),
        preview),
    Stop("case", CLERK, DESK, "/cases/{case_id}",
        ("案件", "办到哪一步、期限还剩多少、能办什么，都在一页；期限注明依据的条文，姓名另行查阅并留痕。"),
        ("A case", "How far it is, how much time is left and what can be done, on one page. Time limits name their article; names are opened by a button, and the look is logged."),
        case),
    Stop("candidates", CLERK, DESK, "/cases/{case_id}/candidates",
        ("候选承办人员", "按扣除均衡轮次后的得分排序，每一分都有依据；不符合条件的，按规则列出人数和条文，也可以查询为何不是某人。"),
        ("Candidates", "Ranked, with what each point rests on; who may not is counted by rule and article, and one may ask why it is not somebody else."),
        candidates),
    Stop("run", CLERK, DESK, "/match/{run_id}",
        ("匹配批次", "全部待指派案件一并匹配；先看无人承办的案件及其原因，结果由人确认后才成为指派，最优性证明可以当场核对。"),
        ("A matching run", "All waiting cases matched together. Cases without anybody come first, with the rule that bars most; a person confirms, and the proof of the optimum is checked on the spot."),
        run),
    Stop("notice", CLERK, DESK, "/documents/{document_id}",
        ("指派通知书", "登记中已有的内容自动填入，编号后直接打印，或者下载为 Word、PDF。"),
        ("The notice of an assignment", "Filled in from the register, numbered, then printed or downloaded for Word or as PDF."),
        notice),
    Stop("letters", CLERK, DESK, "/letters",
        ("文书印制", "一批案件的指派通知书和法律援助公函一并出具，再一并印制；缺内容的写明缺什么。"),
        ("Letters to print", "The notices and letters of many cases are issued and printed together; what one lacks is named.")),
    Stop("organ-letters", CLERK, DESK, "/organ-letters",
        ("法律援助公函", "发给办案机关的法律援助公函，先列出尚未登记收到的；机关自行登记，或者由工作人员代为登记。"),
        ("Letters to case organs", "Those still awaited come first; the organ records their receipt, or an officer who was told."),
        sent),
    Stop("notices", Role.ORGAN, DESK, "/notices",
        ("办案机关：通知辩护、通知代理", "公安机关、检察院、法院自己发送通知，看到办到哪一步、应当何时指派、指派了谁。"),
        ("A case organ: its notices", "Police, procuratorate and court send notices themselves, and see how far each is and who is assigned."),
        notify),
    Stop("link", CLERK, DESK, "/cases/{case_id}/link",
        ("受援人链接和点援表", "有手机的，把链接和验证码交给受援人；没有手机的，打印点援表。"),
        ("The recipient's link and form", "A link and a code for who has a phone, a form on paper for who has none."),
        link),
    Stop("runs", CLERK, DESK, "/match",
        ("全部批次", "每一次匹配由谁发起、指派几件、几件无人承办。"),
        ("All runs", "Who asked for each run, how many cases it placed and how many it left.")),
    Stop("rotation", CLERK, DESK, "/rotation",
        ("轮流指派顺序", "下一位轮到谁、排在前面的人为什么跳过；历次调整和理由列在下面。"),
        ("The rotation", "Who is next in turn, why those before are passed over, and every override with its reason.")),
    Stop("practitioners", CLERK, DESK, "/practitioners",
        ("承办人员", "按姓名、执业证号、机构和服务地区查找；登记新的人员，变更已登记的内容，历次变更逐条可查。"),
        ("Practitioners", "Found by name, licence number, institution and area; new ones are registered, entries changed, and every change can be read.")),
    Stop("institutions", CLERK, DESK, "/institutions",
        ("承办机构", "机构的类型、地区、办公电话和上限；从机构登记、查看其人员。"),
        ("Institutions", "Their kind, area, office telephone and cap; their people are registered and found from here.")),
    Stop("leaves", CLERK, DESK, "/leaves",
        ("休假和暂停指派", "待审核的休假先答复；查询到某人以后，代为登记或者提前结束。"),
        ("Leave and suspensions", "Leave that waits is answered first; look somebody up to record or end theirs."),
        leaves),
    Stop("ties", CLERK, DESK, "/ties",
        ("利害关系申报", "承办人员和机构申报的顾问单位、亲属和亲属任职机关，按姓名或者执业证号查找；可以代为登记。"),
        ("Declared ties", "Clients advised and relatives, as declared, found by name or licence number; officers declare for others, too."),
        ties),
    Stop("policies", Role.MANAGER, DESK, "/policies",
        ("方案版本", "现行的指派方案和历次版本：谁起草、谁发布、为什么；打开任一版本，逐项列出内容和与现行方案的差异。"),
        ("Policy versions", "The policy in force and every version, with who wrote and who published it; each is told item by item, with its differences from the one in force."),
        policies),
    Stop("reports", Role.MANAGER, DESK, "/reports",
        ("报表", "按内容分组，每一张写明统计口径；月度公开数据包也在这里下载。"),
        ("Reports", "By subject, each with what it counts; the public pack of a month is downloaded here, too.")),
    Stop("report", Role.MANAGER, DESK, "/reports/{code}",
        ("一张报表", "选定期间，图和表为同一数据；可以打印，也可以导出。"),
        ("A report", "Its period is chosen; figure and table are the same numbers, to print or to take along."),
        lambda at: at.open("/reports/queue")),
    Stop("audit", Role.MANAGER, DESK, "/audit",
        ("审计日志", "谁在何时、从哪里办理或者查阅了什么，或者为何未予办理，每条都用文字说明，可以打开所涉案件。"),
        ("Audit log", "Who did or read what, when and from where, or was refused it and why; each entry in words, with a way to its case.")),
    Stop("log", Role.MANAGER, DESK, "/log",
        ("审计日志核验", "每日公布一个校验值；现在核验一次只要几秒，有人绕过系统更改的会被发现。"),
        ("The log checked", "A digest is published every day; a check takes seconds and finds whatever was changed past the service."),
        lambda at: at.open("/log?check=1")),
    Stop("policy-draft", Role.MANAGER, DESK, "/policies/{draft_id}/draft",
        ("即时试算", "改一个数，马上看到今天的案件哪些换人承办、合计怎样变化；满意再保存，试算后由另一名负责人发布。"),
        ("What if", "One number changed, and at once: which of today's cases would go to somebody else, and the totals. Saved, back-tested, then published by another manager."),
        try_policy),
    Stop("jobs", Role.MANAGER, DESK, "/jobs",
        ("后台任务", "匹配、导入和方案试算办到哪一步、结果如何、为何出错；尚未结束的可以取消。"),
        ("Jobs", "How far runs, imports and back-tests are, what came of them, why one failed; what is not over can be cancelled.")),
    Stop("accounts", Role.ADMIN, DESK, "/users",
        ("账号管理", "系统管理员建立账号、邀请本人设置密码；离岗的停用，忘记密码的重新邀请。"),
        ("Accounts", "The administrator makes accounts and invites their owners; who has left is retired, who forgot a password invited anew.")),
    Stop("webhooks", Role.ADMIN, DESK, "/webhooks",
        ("回调地址", "案件、批次和日志有变化时，向其他系统发送签名的消息；未送达的可以重新发送。"),
        ("Webhooks", "Other systems are told by signed messages when cases, runs or the log change; what was not delivered is sent again.")),
    Stop("centres", Role.ADMIN, DESK, "/centres",
        ("法律援助中心", "系统管理员新建下级中心，其管理员的邀请只显示一次；名称、层级和上级中心在此修改。"),
        ("Centres", "The administrator makes centres below, hands over the invitation of each one's administrator, and changes name and place.")),
    Stop("health", Role.ADMIN, DESK, "/health",
        ("运行状况", "哪里卡住、缺少什么、怎样处理，系统管理员不用登录服务器就能看到。"),
        ("Health of the service", "What is stuck or missing and what to do: administrators see it without the machine's command line.")),
    Stop("account", CLERK, DESK, "/account",
        ("登录与安全", "在哪些设备上登录，一处或者全部结束。"),
        ("Sign-in and security", "Where one is signed in; one of them, or all others, are ended here.")),
    Stop("password", CLERK, DESK, "/password",
        ("修改密码", "修改后，其他设备上的登录随即结束。"),
        ("Change the password", "All other sessions end with it."),
        None),
    Stop("authenticator", Role.MANAGER, DESK, "/authenticator",
        ("动态验证码", "更换手机时绑定新的验证器，恢复码用完时重新生成。"),
        ("Authenticator", "A new phone is bound here, and new recovery codes are made."),
        None),
    Stop("subsidy-tables", Role.MANAGER, DESK, "/subsidy-tables",
        ("补贴标准", "各版办案补贴标准；新的版本逐行填写，金额以元填写，或者用表格填入，核对后施行。"),
        ("Subsidy tables", "Each version of what work is paid; a new one is typed in yuan, or filled in from a file and looked at first."),
        rates),
    Stop("calendar", Role.ADMIN, DESK, "/calendar",
        ("年度放假安排", "按国务院办公厅的通知逐行填写或者用表格载入，正在计算的期限随之重新计算；载入有误的可以撤销。"),
        ("Working days", "The State Council's notice, typed row by row or loaded from a file: limits that run are reckoned anew. It can be undone.")),
    Stop("confirmations", Role.MANAGER, DESK, "/confirmations",
        ("负责人账号确认", "系统管理员新建的负责人账号，由另一名负责人核实确认；邀请只向确认的人显示一次。"),
        ("Managers' accounts", "A manager whom the administrator makes is confirmed by another, who alone is shown the invitation, once."),
        confirm),
    Stop("board", LAWYER, PHONE, "/board",
        ("抢单大厅", "案由、距离、工作量和期限，一个大按钮；有新案件时自动出现，不能抢的写明原因。"),
        ("Cases to claim", "Cause, distance, effort and deadline, and one large button. New cases appear by themselves; why one cannot be claimed is said in words.")),
    Stop("claimed", LAWYER, PHONE, "/my-cases/{tie_id}",
        ("抢单成功", "先核对当事人有无利益冲突，再接受指派。"),
        ("Claimed", "The people are checked for conflicts of interest first, then the assignment is accepted."),
        claim),
    Stop("my-cases", LAWYER, PHONE, "/my-cases",
        ("我的案件", "先答复征询和指派，再办理手上的案件，最急的在最前面。"),
        ("My cases", "First what is to be answered, then the cases in hand, the most urgent first.")),
    Stop("my-case", LAWYER, PHONE, "/my-cases/{tie_id}",
        ("办理", "期限、下一步和案件情况；报告、结案、更换和退回都在这一页。"),
        ("The work", "What is due, what comes next and what the case is about; reports, closing, replacement and giving back start here."),
        own_case),
    Stop("my-leave", LAWYER, PHONE, "/my-leave",
        ("休假和可承办件数", "登记休假，修改同时愿意办理的件数。"),
        ("Leave and capacity", "Leave is recorded here, and how many cases one takes at a time.")),
    Stop("my-turn", LAWYER, PHONE, "/my-turn",
        ("我的轮次", "在轮流指派中排在第几位、为什么；哪些案件没有指派给我、为什么。"),
        ("My turn", "One's place in the rotation and why; which cases went to somebody else and why.")),
    Stop("my-statement", LAWYER, PHONE, "/my-statement",
        ("本人办案情况", "一段时间内的指派、结案、质量和补贴，以及质量得分的依据。"),
        ("My statement", "What a period brought: assignments, closings, quality and what it rests on, subsidies.")),
    Stop("my-ties", LAWYER, PHONE, "/my-ties",
        ("利害关系申报", "担任法律顾问的单位、亲属和亲属任职的机关，申报一次，以后每个案件都据此回避。"),
        ("Declared ties", "Clients one advises, relatives, and where they serve: declared once, checked in every case."),
        declare),
    Stop("code", None, PHONE, "/r/{link_id}",
        ("受援人：输入验证码", "扫描纸上的链接，输入验证码即可，不需要账号，也不需要浏览器脚本。"),
        ("A recipient: the code", "A link on paper and a code: no account, and no scripts in the browser, are needed."),
        enter),
    Stop("recipient", None, PHONE, "/r/{link_id}/case",
        ("受援人：我的案件", "用大字说明案件办到哪一步、下一步是什么；可以自己选承办人员，也可以由中心安排。"),
        ("A recipient: my case", "In large letters: where the case is and what comes next. They choose who acts for them, or leave it to the centre."),
        welcome),
    Stop("choose", None, PHONE, "/r/{link_id}/choose",
        ("受援人：选择", "一页一个问题，人员的经验用文字说明，最多选三位。"),
        ("A recipient: the choice", "One question a page, people described in words, up to three wishes."),
        choose),
    Stop("sure", None, PHONE, "/r/{link_id}/choose",
        ("受援人：核对", "提交之前再看一遍顺序，可以重选。"),
        ("A recipient: is it right?", "The order is shown once more before it is sent, and may be begun again."),
        sure),
    Stop("desk", FIRM, PHONE, "/desk",
        ("承办机构：待安排的案件", "指派给本机构的案件和剩余时间，以及本机构人员在办的案件。"),
        ("An institution: cases to arrange", "Cases given to it with the time left, and what its people have in hand.")),
    Stop("arrange", FIRM, PHONE, "/desk/{arrangement_id}",
        ("承办机构：安排人员", "符合条件的人员及其在办件数；不能承办的写明原因，不能安排的退回。"),
        ("An institution: the person", "Who may take it and what they carry; why the others may not; or give it back."),
        arrange),
    Stop("own-people", FIRM, PHONE, "/own-people",
        ("承办机构：本机构人员", "在办件数、上限和休假。"),
        ("An institution: its people", "What they carry, their capacity and their leave.")),
)
# fmt: on
