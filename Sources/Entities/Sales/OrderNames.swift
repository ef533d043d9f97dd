import Domain

/// The shop's number of an order that the ERP names in its own way: without leading zeros, or by the short reference under which the order
/// left.
struct OrderNames: Sendable {
    let digits: Int
    let books: (any OrderBooks)?
    private var known: [String: String] = [:]

    init(digits: Int, books: (any OrderBooks)?) {
        self.digits = digits
        self.books = books
    }

    /// A file names the same order in many rows; each name is looked up once. Where the books cannot be asked, nothing is taken for an
    /// order's own number: it may be the short reference of another one.
    mutating func number(_ text: String) throws(RejectReason) -> String {
        if let number = known[text] { return number }
        let left: String?
        do { left = try books?.number(ofReference: text) } catch { throw SalesRejections.unasked(text) }
        let number = left ?? OrderNumber.filled(text, digits: digits)
        known[text] = number
        return number
    }
}
