//! Words of logging in, accounts and the demonstration's parts (登录、账号、演示身份).

pub(super) const WORDS: &[(&str, &str, &str)] = &[
    // Faults
    ("fault.login", "需要登录或有效的令牌", "A login or a valid token is needed"),
    (
        "fault.login.hint",
        "程序请在请求头中携带令牌，令牌在账号页申请",
        "Programs send a token in the Authorization header; make one on the account page",
    ),
    ("fault.session", "登录已失效，本次提交未被接受", "The session has ended; this form was not taken"),
    (
        "fault.session.hint",
        "请在新窗口登录后返回本页重新提交，已填写的内容可用浏览器的后退键找回",
        "Log in, go back in the browser and send it again",
    ),
    ("fault.forbidden", "您的账号没有此项权限", "Your account may not do this"),
    ("fault.forbidden.hint", "如工作需要，请联系安全管理员授权", "Ask the security administrator if your work needs it"),
    ("fault.must_change", "请先修改口令", "Change the password first"),
    ("fault.must_change.hint", "初始口令或到期口令必须修改后才能继续", "First and expired passwords must be changed"),
    // Frame
    ("frame.login", "登录", "Log in"),
    ("frame.logout", "退出", "Log out"),
    ("frame.account", "账号", "Account"),
    // Demonstration
    ("demo.bar", "演示身份", "Playing"),
    ("demo.switch", "切换", "Switch"),
    ("demo.part.visitor", "访客（领导与分析）", "Visitor (leader and analyst)"),
    ("demo.part.leader", "市领导", "Leader"),
    ("demo.part.analyst", "分析人员", "Analyst"),
    ("demo.part.clerk", "填报人员", "Clerk"),
    ("demo.part.reviewer-1", "审核人员一", "Reviewer 1"),
    ("demo.part.reviewer-2", "审核人员二", "Reviewer 2"),
    ("demo.part.team", "招商队员", "Team member"),
    ("demo.part.system", "系统管理员", "System administrator"),
    ("demo.part.security", "安全管理员", "Security administrator"),
    ("demo.part.audit", "审计管理员", "Audit administrator"),
    ("demo.part.public", "社会公众", "Public"),
    ("bad.demo", "没有这个演示身份：{value}", "There is no such part: {value}"),
    ("bad.demo.hint", "请从页面上方的下拉框中选择", "Choose one from the list at the top of the page"),
];
