/// Several records of a file for one key, of which one can count. Stock can add them up as well: `StockDefinition.DuplicatePolicy`.
package enum DuplicatePolicy: String, Sendable, CaseIterable {
    case last, first, reject

    /// The row that counts; `nil` where several contradict each other.
    /// - Parameter rows: in the order of the file, at least one.
    func choice<Rows: BidirectionalCollection>(of rows: Rows) -> Rows.Element? {
        switch self {
        case .first: rows.first
        case .last: rows.last
        case .reject: rows.count == 1 ? rows.first : nil
        }
    }
}
