import Foundation
import MagentoSandbox
import TestKit
import Testing

/// Commands about a file, without settings or shop.
struct FileCommandTests {
    private static let fixture = "\(Project.folder)/Fixtures/demo/stock-3.csv"

    @Test func `inspect says what a file is`() async throws {
        try await Installation.with { installation in
            let text = try await installation.tallyman("inspect", Self.fixture)
            let json = try await installation.tallyman("inspect", Self.fixture, "--json").json()

            #expect(text.exit == 0)
            #expect(text.output.hasPrefix("stock-3.csv · 5798 bytes\n  windows-1252 text (likely), separated by comma, quoted with \""))
            #expect(text.output.contains("\nStock Code     string             00472-BLK                41 different values in 79 rows\n"))
            #expect(json["records"]?.whole == 80)
            #expect(json["columns"]?.elements?.map { $0["caption"]?.text }.prefix(2) == ["Stock Code", "Description"])
        }
    }

    @Test func `check says what would be rejected and ends with 3`() async throws {
        try await Installation.with { installation in
            let check = try await installation.tallyman("check", Self.fixture, "--profile", "sage50/stock")
            let json = try await installation.tallyman("check", Self.fixture, "--profile", "sage50/stock", "--json").json()

            #expect(check.exit == 3)
            #expect(check.output.hasPrefix("80 records, 3 rejected\nline  code "))
            #expect(check.output.contains("\n   8  NUMBER-FORMAT  Qty In Stock   12O    this is not a number "), "\(check.all)")
            #expect(json["rejected"]?.whole == 3)
            let counted = json["bytes"]?.members?.compactMap(\.value.whole).reduce(0, +)
            #expect(counted == 5798, "every byte of the file has its place")
        }
    }

    @Test(.enabled(if: Python.isPresent, "python3 reads both files"))
    func `convert writes what another reader reads as the same cells`() async throws {
        try await Installation.with { installation in
            let convert = try await installation.tallyman("convert", Self.fixture, "--profile", "sage50/stock", "-o", "clean.csv")
            let compare = """
                import csv, sys
                old = list(csv.reader(open(sys.argv[1], encoding='cp1252', newline='')))
                new = list(csv.reader(open(sys.argv[2], encoding='utf-8', newline=''), strict=True))
                lost = [row for row in old if row not in new]
                print(old[0] == new[0], len(old), len(new), [row for row in new if row not in old], lost)
                """
            let answer = try await Python.run(compare, [Self.fixture, "\(installation.folder)/clean.csv"])

            let rejected = convert.errors.split(separator: "\n").last.flatMap { $0.split(separator: " ").dropFirst(2).first }.flatMap { Int($0) }
            let kept = 81 - (rejected ?? -1)
            #expect(answer.hasPrefix("True 81 \(kept) []"), "\(convert.all)\(answer)")
        }
    }
}
