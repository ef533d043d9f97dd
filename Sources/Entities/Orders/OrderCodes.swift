package import Domain

/// All tables by which an order's codes become the ERP's.
package struct OrderCodes: Hashable, Sendable {
    package var shipping: CodeMap
    package var payment: CodeMap
    /// By tax code (`GB-20`), or by the rate in per cent (`20`).
    package var tax: CodeMap
    package var country: CodeMap
    /// By customer number, e-mail, company number (`company 4`), group (`group 7`), `guest`; see `keys(of:)`.
    package var account: CodeMap
    /// Prefixed to the digits of a reference that is too long for the ERP.
    package var reference: OrderReference?

    package init(shipping: CodeMap, payment: CodeMap, tax: CodeMap, country: CodeMap, account: CodeMap, reference: OrderReference? = nil) {
        self.shipping = shipping
        self.payment = payment
        self.tax = tax
        self.country = country
        self.account = account
        self.reference = reference
    }

    /// What an account is looked up by, the closest first.
    static func accountKeys(of customer: OrderCustomer) -> [String] {
        guard let id = customer.id else { return [customer.email.lowercased(), "guest"] }
        var keys = ["\(id)", customer.email.lowercased()]
        if let company = customer.companyID { keys.append("company \(company)") }
        return keys + ["group \(customer.group)"]
    }
}

/// A short number for ERPs whose references hold eight characters: a prefix and the number's significant characters. Numbers that differ
/// in more than leading zeros never share one; those that differ in zeros alone, or in an R for a hyphen, are told apart by the books.
package struct OrderReference: Hashable, Sendable {
    package var prefix: String
    package var length: Int

    /// What is numbered and where that is set, for reasons.
    package var subject: String
    package var setting: String

    package init(prefix: String, length: Int, subject: String = "order", setting: String = "orders.reference") {
        self.prefix = prefix
        self.length = length
        self.subject = subject
        self.setting = setting
    }

    /// Stands for the hyphen of an edited order's number: without it 000000135-1 would be 000001351.
    private static let hyphen = UInt8(ascii: "R")

    /// Letters and digits only; the leading zeros of the shop's number give way first. Throws where what is left of it does not fit, or
    /// holds a character that stands for another: cutting or replacing would make two orders one.
    package func text(for number: String) throws(DocumentRefusal) -> String {
        let bytes = Array(number.utf8)
        let isPlain = bytes.allSatisfy {
            $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") || ($0 | 0x20 >= UInt8(ascii: "a") && $0 | 0x20 <= UInt8(ascii: "z"))
                || $0 == UInt8(ascii: "-")
        }
        guard isPlain, !bytes.contains(UInt8(ascii: "-")) || !bytes.contains(where: { $0 | 0x20 == Self.hyphen | 0x20 }) else {
            throw DocumentRefusal(
                RejectReason(
                    "REFERENCE-CHARACTER", column: "reference", value: Escaped(number).description,
                    "the \(subject)'s number has characters that a short reference cannot tell apart",
                    fix: "give the shop's store view a number prefix of letters and digits, or leave \(setting) out"))
        }
        let plain = bytes.map { $0 == UInt8(ascii: "-") ? Self.hyphen : $0 }
        let room = length - prefix.utf8.count
        let significant = plain.drop { $0 == UInt8(ascii: "0") }
        guard significant.count <= room else {
            throw DocumentRefusal(
                RejectReason(
                    "REFERENCE-LENGTH", column: "reference", value: Escaped(number).description,
                    "the \(subject)'s number does not fit a reference of \(length) characters with the prefix \(Escaped(prefix))",
                    fix: "shorten \(setting).prefix, or raise its length"))
        }
        let zeros = [UInt8](repeating: UInt8(ascii: "0"), count: room - significant.count)
        return prefix + String(decoding: zeros + significant, as: UTF8.self)
    }
}
