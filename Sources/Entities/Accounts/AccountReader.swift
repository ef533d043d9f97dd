import Domain

/// Reads a row of a customer list.
struct AccountReader {
    let rules: AccountRules
    /// The labels that the shop's attribute for terms offers; `nil` where any text is taken, or nothing is known of the shop.
    let termChoices: Set<String>?

    /// The order of the fields that a profile may map, and of a batch's cells.
    static let fields: [EntityField] = [
        EntityField("account", .text, "The ERP's code of the account."),
        EntityField("name", .text, "The account's name: the company's.", isCode: false),
        EntityField("email", .text, "The e-mail address by which the customer is found in the shop and logs in."),
        EntityField("first_name", .text, "First name of the person who buys; used for new customers only.", isCode: false),
        EntityField("last_name", .text, "Last name of the person who buys; used for new customers only.", isCode: false),
        EntityField("price_group", .text, "The ERP's code of the price group; the settings say which customer group it means."),
        EntityField("terms", .text, "Payment terms."),
        EntityField("credit_limit", .decimal, "What the account may owe at most."),
        EntityField("on_stop", .boolean, "Whether the account is on stop."),
        EntityField("tax_number", .text, "VAT number."),
        EntityField("parent", .text, "The code of the account that this one belongs to."),
        EntityField("street1", .text, "Address of invoices: first line.", isCode: false),
        EntityField("street2", .text, "Address of invoices: second line.", isCode: false),
        EntityField("city", .text, "Town.", isCode: false),
        EntityField("region", .text, "County.", isCode: false),
        EntityField("postcode", .text, "Postcode."),
        EntityField("country", .text, "Country, in two letters."),
        EntityField("telephone", .text, "Telephone."),
    ]

    private enum Column: Int {
        case account, name, email, firstName, lastName, group, terms, creditLimit, stop, taxNumber, parent, street1, street2, city, region, postcode
        case country, telephone
    }

    private static let plain: [(Column, AccountField)] = [
        (.name, .name), (.firstName, .firstName), (.lastName, .lastName), (.taxNumber, .taxNumber), (.parent, .parent), (.city, .city),
        (.region, .region), (.postcode, .postcode), (.country, .country), (.telephone, .telephone),
    ]

    func account(_ batch: RecordBatch, _ entry: RecordBatch.Entry, row: Int) -> ArraySlice<UInt8>? {
        guard case .text(let range) = batch.cell(entry, row: row, field: Column.account.rawValue), !range.isEmpty else { return nil }
        return batch.bytes[range]
    }

    func statement(_ batch: RecordBatch, _ entry: RecordBatch.Entry, row: Int) throws(RejectReason) -> AccountStatement {
        var statement = AccountStatement()
        for (column, field) in Self.plain {
            guard let text = try text(batch, entry, row, column, field) else { continue }
            guard text.unicodeScalars.count <= 255 else { throw AccountRejections.length(field) }
            statement.value[field] = text
        }
        var street: [String] = []
        for column in [Column.street1, .street2] {
            if let line = try text(batch, entry, row, column, .street) { street.append(line) }
        }
        if !street.isEmpty { statement.value[.street] = street.joined(separator: "\n") }
        if let email = try text(batch, entry, row, .email, .email) { try take(email: email, into: &statement) }
        if rules.owned.contains(.group), let code = try text(batch, entry, row, .group, .group) {
            guard let group = rules.groups[code] else { throw AccountRejections.group(code) }
            statement.value[.group] = group
        }
        if rules.owned.contains(.terms), let terms = try text(batch, entry, row, .terms, .terms) {
            statement.value[.terms] = terms.isEmpty ? "" : try mapped(terms: terms)
        }
        if rules.owned.contains(.creditLimit) { statement.value[.creditLimit] = try creditLimit(batch, entry, row) }
        if rules.owned.contains(.stop) { statement.value[.stop] = stop(batch.cell(entry, row: row, field: Column.stop.rawValue)) }
        try checkPostcode(&statement)
        return statement
    }

    /// `nil` for a cell that says nothing; empty where its owner says that there is no value any more.
    private func text(
        _ batch: RecordBatch, _ entry: RecordBatch.Entry, _ row: Int, _ column: Column, _ field: AccountField
    ) throws(RejectReason) -> String? {
        switch batch.cell(entry, row: row, field: column.rawValue) {
        case .text(let range): return range.isEmpty ? nil : String(decoding: batch.bytes[range], as: UTF8.self)
        case .cleared:
            guard rules.owned.contains(field) else { return nil }
            guard field.isClearable else { throw AccountRejections.uncleared(field) }
            return ""
        case .absent, .blank, .decimal, .instant, .boolean: return nil
        }
    }

    private func take(email: String, into statement: inout AccountStatement) throws(RejectReason) {
        guard !AccountChecks.isEmail(email) else { return statement.value[.email] = email }
        guard rules.checks.email == .leave else { throw AccountRejections.email(email) }
        statement.notes.append(.badEmail)
    }

    private func mapped(terms: String) throws(RejectReason) -> String {
        var label = terms
        if let table = rules.terms {
            guard let found = table[terms] else { throw AccountRejections.terms(terms, "are not in the settings") }
            label = found
        }
        guard termChoices?.contains(label) ?? true else { throw AccountRejections.terms(label, "are none of the choices of the shop's attribute") }
        return label
    }

    private func creditLimit(_ batch: RecordBatch, _ entry: RecordBatch.Entry, _ row: Int) throws(RejectReason) -> String? {
        switch batch.cell(entry, row: row, field: Column.creditLimit.rawValue) {
        case .decimal(let number):
            guard !number.isNegative, number.scale <= 4 else { throw AccountRejections.limit(number) }
            return number.description
        case .cleared: return ""
        case .absent, .blank, .text, .instant, .boolean: return nil
        }
    }

    /// Some ERPs say only that an account is on stop: there, a blank whose policy is `clear` takes it off.
    private func stop(_ cell: RecordBatch.Cell) -> String? {
        switch cell {
        case .boolean(let isStopped): isStopped ? "1" : "0"
        case .cleared: "0"
        case .absent, .blank, .text, .decimal, .instant: nil
        }
    }

    private func checkPostcode(_ statement: inout AccountStatement) throws(RejectReason) {
        guard rules.checks.postcode != .allow, let postcode = statement.value[.postcode], !postcode.isEmpty else { return }
        guard ["GB", "UK", ""].contains((statement.value[.country] ?? rules.country).uppercased()), !AccountChecks.isUKPostcode(postcode) else {
            return
        }
        guard rules.checks.postcode == .warn else { throw AccountRejections.postcode(postcode) }
        statement.notes.append(.badPostcode)
    }
}
