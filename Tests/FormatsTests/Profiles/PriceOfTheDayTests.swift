import Domain
import Foundation
import Testing

@testable import Formats

private let isPresent = ProjectFolder.hasShared("data/adventureworks/ProductListPriceHistory.csv") && PythonAnswers.isPresent

/// The AdventureWorks price history through its profile, beside a script that knows nothing of profiles.
struct PriceOfTheDayTests {
    private static let fields = [
        EntityField("sku", .text, ""), EntityField("price", .decimal, ""), EntityField("valid_from", .instant, ""),
        EntityField("valid_to", .instant, ""),
    ]

    /// Days in the middle of periods, on their first and last days, and outside of all.
    @Test(
        .enabled(if: isPresent, "the AdventureWorks tables or Python are not here"),
        arguments: [
            "2011-05-30", "2011-05-31", "2011-12-24", "2012-05-29", "2012-05-30", "2013-03-31", "2013-05-29", "2013-05-30", "2013-10-27",
            "2026-11-21",
        ])
    func `the price valid on a day equals an independent script's answer for every product`(day: String) throws {
        let bytes = try ProjectFolder.bytes(ProjectFolder.shared + "/data/adventureworks/ProductListPriceHistory.csv")
        let file = try ReadFile(SampleProfile.shipped("adventureworks/list-price-history"), bytes, fields: Self.fields)
        let script = """
            import sys
            from datetime import date
            from decimal import Decimal
            day = date.fromisoformat('\(day)')
            for line in open(sys.argv[1], encoding='utf-8'):
                _, product, start, end, price, _ = line.rstrip('\\n').split('\\t')
                first, last = date.fromisoformat(start[:10]), date.fromisoformat(end[:10]) if end else date.max
                if first <= day <= last: print(product, format(Decimal(price).normalize(), 'f'))
            """
        let answer = String(decoding: try PythonAnswers.ask(script, input: bytes), as: UTF8.self)

        let noon = try #require(Self.instant("instant:\(day)T12:00:00Z"))
        let valid = file.good.filter { record in
            let (from, to) = (Self.instant(record.rows[0][2]), Self.instant(record.rows[0][3]))
            // A day that ends a period is part of it: midnight at its beginning, and a day more.
            return (from.map { $0 <= noon } ?? true) && (to.map { noon.milliseconds < $0.milliseconds + 86_400_000 } ?? true)
        }
        let ours = valid.map { "\(SampleXML.plain($0.rows[0][0])) \(SampleXML.plain($0.rows[0][1]))" }.sorted()
        #expect(file.codes.isEmpty && file.records.count == 395)
        #expect(ours == answer.split(separator: "\n").map(String.init).sorted())
        #expect(day == "2011-05-30" || !ours.isEmpty)
        #expect(Set(valid.map { $0.rows[0][0] }).count == valid.count, "two prices of one product on a day")
    }

    private static func instant(_ cell: String) -> UTCInstant? {
        guard cell.hasPrefix("instant:"), let pattern = DatePattern("%Y-%m-%dT%H:%M:%S%z"), let zone = try? ZoneRules("UTC") else { return nil }
        let format = InstantFormat(pattern: pattern, zone: zone, overlap: .reject)
        guard case .instant(let instant) = Array(cell.dropFirst("instant:".count).utf8).withUnsafeBufferPointer({ format.parse($0) }) else {
            return nil
        }
        return instant
    }
}
