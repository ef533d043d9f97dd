package import Domain
package import StateStore

/// The figures that were agreed at the start, worked out of the books.
package struct Indicators {
    /// A despatch of what the shop's source does not hold was sold twice.
    private static let uncovered = ["SOURCE-SHORT"]

    private let scope: PeriodReport.Scope
    private let latencies: Latencies
    private let rows: RowLatencies
    private let oversales: Int
    private let oversold: (looks: Int, highest: Int)

    package init(_ scope: PeriodReport.Scope, _ reader: LedgerReader, from: UTCInstant, to: UTCInstant) throws {
        self.scope = scope
        latencies = try reader.latencies(figures: scope.figures, events: scope.despatches, from: from, to: to)
        rows = try reader.rowLatencies(of: scope.figures, from: from, to: to)
        oversales = try reader.rejections(Self.uncovered, from: from, to: to)
        oversold = try reader.peak(of: .oversold, from: from, to: to)
    }

    package func all(
        _ books: PeriodBooks, _ orders: [PeriodBooks.OrderLine], _ reconciliations: [Reconciliation]
    ) -> [Indicator] {
        let tally = books.tally
        let exported = orders.reduce(0) { $0 + $1.exported.count }
        let answered = orders.reduce(0) { $0 + $1.acknowledged.count }
        let compared = reconciliations.filter { $0.entity == scope.figures }
        let checked = compared.reduce(0) { $0 + $1.checked }
        var found: [Indicator] = [
            .latency(
                "order-latency", "Orders: from the shop to the ERP's folder, 95 of 100", latencies.orders, of: "orders",
                limit: scope.targets.orders, "C355"),
            .latency(
                "stock-latency", "Stock: from the file's landing to the shop, 95 of 100", latencies.files, of: "files",
                limit: scope.targets.figures, "C356"),
            .latency(
                "row-latency", "Stock: from the file's landing to the shop, 95 of 100 rows", rows, limit: scope.targets.figures, "C356"),
            .latency(
                "despatch-latency", "Despatches: from the file's landing to the shop, 95 of 100", latencies.events, of: "despatches",
                limit: scope.targets.despatches, "C254"),
            .share(
                "error-rate", "Records rejected", tally[.rejected], of: tally.read, limit: .below(thousandths: 10),
                basis: "\(Count(tally[.rejected])) of \(Count(tally.read)) records", "C357"),
            .count(
                "oversold", "Sold and not there", oversales, limit: 0, basis: "despatches that the shop's source cannot cover", "C169"),
            .count("duplicates", "Doubles prevented", books.duplicatesPrevented, limit: nil, basis: "known records and files", "C221"),
            .count(
                "orders-unnumbered", "Confirmed orders without the ERP's number", orders.reduce(0) { $0 + $1.unnumbered }, limit: 0,
                basis: "\(Count(answered)) confirmed of \(Count(exported)) sent", "C222"),
        ]
        if oversold.looks > 0 {
            found.append(
                .count(
                    "oversold-open", "Sold beyond what there is, products at the worst look", oversold.highest, limit: 0,
                    basis: "\(Count(oversold.looks)) looks at open orders and sources", "C169"))
        }
        if checked > 0 {
            let matched = compared.reduce(0) { $0 + $1.matched }
            found.append(
                .share(
                    "stock-accuracy", "Stock: values as they should be", matched, of: checked, limit: .none,
                    basis: "\(Count(matched)) of \(Count(checked)) compared", "C359"))
        }
        return found
    }
}
