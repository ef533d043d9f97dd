import Domain
import Testing

@testable import Formats

/// Every shipped layout with a header, mutated column by column: the same data, an absent optional value, or a refusal that
/// names the column. Never another column's value (reliability B6).
struct HeaderMutationTests {
    private static let samples: [(profile: String, header: [String], row: [String])] = [
        (
            "generic/stock",
            ["sku", "description", "warehouse", "on_hand", "allocated", "on_order", "unit_price", "updated"],
            ["A1", "text", "LDS", "11", "12", "13", "14", "01/02/2026 03:04"]
        ),
        (
            "sage50/stock",
            [
                "Stock Code", "Description", "Warehouse", "Category", "Qty In Stock", "Qty Allocated", "Sales Price",
                "As At",
            ],
            ["A1", "text", "LDS", "cat", "11", "12", "14", "01/02/2026"]
        ),
        (
            "sage50/stock-pivoted", ["Stock Code", "Description", "WH LDS Qty", "WH LDS Allocated"],
            ["A1", "text", "11", "12"]
        ),
    ]

    enum Mutation: CaseIterable { case renamed, removed, doubled, swapped }

    @Test(arguments: samples.indices, Mutation.allCases)
    func `F37 a mutated header gives the same values or a refusal with the column's name`(
        index: Int, mutation: Mutation
    ) throws {
        let sample = Self.samples[index]
        let profile = try SampleProfile.shipped(sample.profile)
        let expected = try ReadFile(profile, text(sample.header, sample.row)).records[0].rows
        for column in sample.header.indices {
            var header = sample.header
            var row = sample.row
            switch mutation {
            case .renamed: header[column] = "Something Else"
            case .removed:
                header.remove(at: column)
                row.remove(at: column)
            case .doubled:
                header.append(header[column])
                row.append("99")
            case .swapped:
                header.swapAt(column, 0)
                row.swapAt(column, 0)
            }

            do {
                let rows = try ReadFile(profile, text(header, row)).records[0].rows
                for (found, wanted) in zip(rows.joined(), expected.joined()) {
                    #expect(found == wanted || found == "absent", "\(sample.header[column]) \(mutation)")
                }
            } catch let refusal as Diagnostic {
                #expect(mutation != .swapped)
                let name = sample.header[column]
                let isNamed = refusal.summary.contains("'\(name)'") || refusal.summary.contains("'WH {} Qty'")
                #expect(isNamed, "\(refusal)")
            }
        }
    }

    private func text(_ header: [String], _ row: [String]) -> String {
        header.joined(separator: ",") + "\r\n" + row.joined(separator: ",") + "\r\n"
    }
}
