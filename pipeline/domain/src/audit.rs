//! What is written into the audit log (审计日志): the acts that leave a trace, the doors they came through, clean words.

use crate::text::tidy;

/// Characters of an actor that are kept.
pub const ACTOR_CHARACTERS: usize = 80;
/// Characters of a subject that are kept.
pub const SUBJECT_CHARACTERS: usize = 240;
/// Bytes of a detail that are kept.
pub const DETAIL_BYTES: usize = 8 * 1024;

/// An enum whose values stand in the log as words: the word, its Chinese name, and back.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$says:meta])* $value:ident = $word:literal, $chinese:literal;)+ }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$says])* $value,)+ }

        impl $name {
            /// Every value, in the order of the list.
            pub const ALL: &'static [Self] = &[$(Self::$value,)+];

            /// The word in the books, in addresses and on the command line.
            pub fn id(self) -> &'static str {
                match self { $(Self::$value => $word,)+ }
            }

            /// The name for people.
            pub fn name(self) -> &'static str {
                match self { $(Self::$value => $chinese,)+ }
            }

            /// Reads the word back.
            pub fn from_id(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.id() == word)
            }
        }
    };
}

words! {
    /// An act that leaves a trace (审计事项).
    AuditAction {
        Login = "login", "登录";
        LoginFailed = "login_failed", "登录失败";
        Logout = "logout", "退出";
        /// Too many wrong tries.
        Locked = "locked", "账号锁定";
        PasswordChanged = "password_changed", "修改密码";
        AccountOpened = "account_opened", "开立账号";
        AccountClosed = "account_closed", "停用账号";
        AccountRenamed = "account_renamed", "账号改名";
        PasswordReset = "password_reset", "重置口令";
        Unlocked = "unlocked", "解除锁定";
        RolesGranted = "roles_granted", "授予角色";
        SessionsEnded = "sessions_ended", "结束会话";
        TokenCreated = "token_created", "创建令牌";
        TokenRevoked = "token_revoked", "撤销令牌";
        /// Rows left the system in a file.
        Export = "export", "导出";
        /// A statement of an analyst's own.
        Sql = "sql", "SQL 查询";
        /// An administrator stopped a statement of somebody else's.
        StatementStopped = "statement_stopped", "停止查询";
        QuerySaved = "query_saved", "保存查询";
        /// A saved query's text was shared with roles, or with nobody any more.
        QueryShared = "query_shared", "共享查询";
        QueryDeleted = "query_deleted", "删除查询";
        FilingSubmitted = "filing_submitted", "提交备案";
        FilingWithdrawn = "filing_withdrawn", "撤回备案";
        Approved = "approved", "审核通过";
        Returned = "returned", "退回修改";
        Noticed = "noticed", "公示";
        Objected = "objected", "提出异议";
        ObjectionDismissed = "objection_dismissed", "驳回异议";
        ObjectionUpheld = "objection_upheld", "支持异议";
        Recognised = "recognised", "认定";
        RecognitionRevoked = "recognition_revoked", "撤销认定";
        DeletionRequested = "deletion_requested", "申请删除";
        DeletionApproved = "deletion_approved", "批准删除";
        /// A contact was shown in full.
        Unmasked = "unmasked", "查看联系方式";
        /// A chain or region set by hand, or set free again.
        Classified = "classified", "人工判定";
        CreditShared = "credit_shared", "分成";
        Arbitration = "arbitration", "首报争议裁定";
        TargetChanged = "target_changed", "修改目标";
        TripChanged = "trip_changed", "修改外出招商";
        /// A visit, deduction, veto or rating entered for the assessment.
        ScoreEntered = "score_entered", "考核录入";
        /// A period of the assessment was closed.
        SheetClosed = "sheet_closed", "考核关账";
        /// A bulletin was made and kept.
        BulletinMade = "bulletin_made", "制作通报";
        Subscribed = "subscribed", "订阅推送";
        SubscriptionStopped = "subscription_stopped", "停止推送";
        /// A message left for its subscriber.
        MessageSent = "message_sent", "推送送达";
        Backup = "backup", "备份";
        Restore = "restore", "恢复";
        /// The first account of an empty folder.
        Setup = "setup", "初始化";
        DemoNextDay = "demo_next_day", "演示进入次日";
    }
}

words! {
    /// The door an act came through (途径).
    Via {
        Web = "web", "网页";
        Api = "api", "接口";
        /// The command line on the host.
        Console = "console", "命令行";
        Job = "job", "任务";
        /// The demonstration, which acts without a login.
        Demo = "demo", "演示";
        /// Anyone, without an account.
        Public = "public", "公众";
    }
}

/// True for characters that turn the direction of a line: with them a name can be shown as another.
pub fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A name or subject as the log keeps it: one line, nothing invisible, at most `limit` characters.
pub fn clean(raw: &str, limit: usize) -> String {
    // Longer texts are cut before they are looked at, so that a flood costs nothing.
    let bounded: String = raw.chars().take(limit.saturating_mul(4)).filter(|c| !is_bidi_control(*c)).collect();
    let line = tidy(&bounded);
    if line.chars().count() <= limit && raw.chars().nth(limit.saturating_mul(4)).is_none() {
        return line;
    }
    let mut cut: String = line.chars().take(limit.saturating_sub(1)).collect();
    cut.push('…');
    cut
}

/// Escapes what JSON may hold as it is but no one can see: controls and what turns a line.
pub fn escape_unseen(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        let unseen = c.is_control() || is_bidi_control(c) || matches!(c, '\u{2028}' | '\u{2029}' | '\u{200b}'..='\u{200d}' | '\u{feff}');
        // All of them lie in the basic plane, so one escape each is enough.
        if unseen { out.push_str(&format!("\\u{:04x}", c as u32)) } else { out.push(c) }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_unique_and_come_back() {
        for (at, action) in AuditAction::ALL.iter().enumerate() {
            assert_eq!(AuditAction::from_id(action.id()), Some(*action));
            for other in &AuditAction::ALL[at + 1..] {
                assert!(action.id() != other.id() && action.name() != other.name(), "{action:?} and {other:?}");
            }
        }
        for via in Via::ALL {
            assert_eq!(Via::from_id(via.id()), Some(*via));
        }
        assert_eq!(AuditAction::from_id("nonsense"), None);
    }

    #[test]
    fn names_become_one_harmless_line() {
        let check = |raw: &str, expect: &str| assert_eq!(clean(raw, 12), expect, "{raw:?}");
        check("chen.jia", "chen.jia");
        check("甲\r\nSet-Cookie: a", "甲 Set-Cooki…");
        check("admin\u{202e}nimda", "adminnimda");
        check("\u{1b}[31m红\u{0}", "[31m红");
        check(&"长".repeat(5_000), &format!("{}…", "长".repeat(11)));
        check(&format!("a{}", "\u{202e}".repeat(900)), "a…");
    }

    #[test]
    fn unseen_characters_of_json_are_escaped() {
        assert_eq!(escape_unseen("{\"a\u{202e}b\":\"\u{7f}c\u{2028}\\n字\"}"), r#"{"a\u202eb":"\u007fc\u2028\n字"}"#);
    }
}
