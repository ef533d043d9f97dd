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

    /// A file names the same order in many rows; each name is looked up once.
    mutating func number(_ text: String) -> String {
        if let number = known[text] { return number }
        let number = (try? books?.number(ofReference: text)) ?? OrderNumber.filled(text, digits: digits)
        known[text] = number
        return number
    }
}
