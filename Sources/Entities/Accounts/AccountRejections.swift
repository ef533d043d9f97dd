import Domain
import Magento

/// Reasons for which an account waits. Texts name accounts by their codes; an e-mail address stands in the value alone.
enum AccountRejections {
    static let missing = RejectReason(
        "ACCOUNT-MISSING", column: "account", "the record has no account code",
        fix: "give the account its code in the ERP and let the file be written again")
    static let unreadable = RejectReason("ACCOUNT-UNREADABLE", "the account's value cannot be read again", fix: "plan the file again")
    static let twice = RejectReason(
        "ACCOUNT-TWICE", column: "account", "the file has the account more than once",
        fix: "remove the wrong row, or set duplicate_keys of the profile to last or first")

    static func incomplete(_ line: Int) -> RejectReason {
        RejectReason(
            "ACCOUNT-INCOMPLETE", "another row of this account (line \(line)) was rejected",
            fix: "mend that row; all rows of the account are retried together")
    }
    static func group(_ code: String) -> RejectReason {
        RejectReason(
            "ACCOUNT-GROUP", column: "price_group", value: Escaped(code, limit: 80).description,
            "the group code \(Escaped(code, limit: 80)) is not in the settings, and nobody is put into a group by guess",
            fix: "add it to accounts.groups, then retry; all accounts that wait for it are mended with it")
    }
    static func release(_ group: String) -> RejectReason {
        RejectReason(
            "ACCOUNT-RELEASE", column: "price_group",
            "the account comes off stop out of the group \(Escaped(group, limit: 40)), and the file names no group for it",
            fix: "give the account its price group in the ERP, then retry")
    }
    static func terms(_ code: String, _ problem: String) -> RejectReason {
        RejectReason(
            "ACCOUNT-TERMS", column: "terms", value: Escaped(code, limit: 80).description, "the terms \(Escaped(code, limit: 80)) \(problem)",
            fix: "add them to accounts.terms, or the choice to the shop's attribute, then retry")
    }
    static func email(_ text: String) -> RejectReason {
        RejectReason(
            "ACCOUNT-EMAIL", column: "email", value: Escaped(text, limit: 80).description, "the account's e-mail is not one address",
            fix: "correct it in the ERP: one address, without name and blanks; or say checks: {email: leave}")
    }
    static func shared(_ others: [RecordKey]) -> RejectReason {
        let names = others.prefix(5).map(\.description).joined(separator: ", ")
        return RejectReason(
            "ACCOUNT-EMAIL-SHARED", column: "email", "the file gives the same e-mail to \(names)\(others.count > 5 ? " and others" : "")",
            fix: "give each account an address of its own, or leave branches out with accounts.children: leave")
    }
    static func postcode(_ text: String) -> RejectReason {
        RejectReason(
            "ACCOUNT-POSTCODE", column: "postcode", value: Escaped(text, limit: 40).description, "the postcode has not the shape of one in the UK",
            fix: "correct it in the ERP, or map the country")
    }
    static func parent(_ code: String) -> RejectReason {
        RejectReason(
            "ACCOUNT-PARENT", column: "parent", value: Escaped(code, limit: 80).description,
            "the parent account \(Escaped(code, limit: 80)) is not in the file",
            fix: "correct the parent's code in the ERP, or let the parent be exported too")
    }
    static func length(_ field: AccountField) -> RejectReason {
        RejectReason(
            "ACCOUNT-VALUE", column: field.word, "the \(field.word) is longer than the 255 characters that Magento keeps",
            fix: "shorten it in the ERP")
    }
    static func limit(_ number: ExactDecimal) -> RejectReason {
        RejectReason(
            "ACCOUNT-VALUE", column: "credit_limit", value: number.description, "the credit limit is negative, or has more than four decimals",
            fix: "correct it in the ERP")
    }
    static func uncleared(_ field: AccountField) -> RejectReason {
        RejectReason(
            "ACCOUNT-VALUE", column: field.word, "the \(field.word) cannot be without a value",
            fix: "fill it in the ERP, or let the profile keep blanks")
    }

    // MARK: What the shop says

    static func unknown(_ key: RecordKey) -> RejectReason {
        RejectReason(
            "ACCOUNT-UNKNOWN", column: "account", value: key.description, "no customer of the shop has the account code \(key) or its e-mail",
            fix: "let the customer register, say new: create, or say new: leave for accounts that do not buy on the web")
    }
    static func several(_ count: Int, _ attribute: String) -> RejectReason {
        RejectReason(
            "ACCOUNT-SEVERAL", column: "account", "\(count) customers of the shop bear the account's code in \(attribute)",
            fix: "leave the code with one of them in the shop, then retry")
    }
    static func taken(_ other: String) -> RejectReason {
        RejectReason(
            "ACCOUNT-TAKEN", column: "email", value: Escaped(other, limit: 80).description,
            "the customer with this e-mail is account \(Escaped(other, limit: 80)) in the shop",
            fix: "correct the e-mail in the ERP, or the code in the shop, then retry")
    }
    static let linkRefused = RejectReason(
        "ACCOUNT-LINK", column: "email", "a customer without an account code has this e-mail, and accounts.same_email says reject",
        fix: "write the account's code at the customer in the shop, or say same_email: link")
    static let noEmail = RejectReason(
        "ACCOUNT-NO-EMAIL", column: "email", "a new customer cannot be made without an e-mail", fix: "fill it in the ERP, then retry")
    static let noGroup = RejectReason(
        "ACCOUNT-GROUP-MISSING", column: "price_group", "a new account names no group, and nobody is put into a group by guess",
        fix: "give the account its group in the ERP, or name a group that is no trade group in accounts.new_group")
    static func noCompany(_ key: RecordKey) -> RejectReason {
        RejectReason(
            "ACCOUNT-NO-COMPANY", column: "credit_limit", value: key.description,
            "the customer belongs to no company with a credit of its own, and there is no attribute for the limit",
            fix: "create the company in the shop, or name attributes: {credit_limit: …}, then retry")
    }
    static func dropped(_ attributes: [String]) -> RejectReason {
        let names = attributes.map { Escaped($0, limit: 40).description }.joined(separator: ", ")
        return RejectReason(
            "ATTRIBUTE-DROPPED", value: names, "the shop answered 200 and did not keep \(names)",
            fix: "look for the attribute set and for modules that take the value away, then retry")
    }
    static func moved(to group: String) -> RejectReason {
        RejectReason(
            "ACCOUNT-GROUP-MOVED", column: "price_group", "the shop has put the customer into the group \(Escaped(group, limit: 40)) by itself",
            fix: "switch the automatic change of groups off in the shop, for all or for this customer, then retry")
    }
    static func refused(_ key: RecordKey, _ refusal: Refusal) -> RejectReason {
        RejectReason(
            "SHOP-REFUSED", value: key.description, "Magento refuses the account: \(refusal.message)",
            fix: "correct the value at its source, then retry")
    }
}
