import Foundation
import Testing

struct GoldenTests {
    @Test(arguments: GoldenCase.all)
    func `a golden folder leads to exactly its plan, rejects, report and shop`(_ golden: GoldenCase) async throws {
        let actual = try await golden.run()
        if GoldenCase.isWriting { try golden.write(actual) }

        let expected = try golden.expected()

        #expect(actual.keys.sorted() == expected.keys.sorted())
        for (name, content) in expected where actual[name] != content {
            let text = String(decoding: actual[name] ?? Data(), as: UTF8.self)
            Issue.record("\(golden.testDescription)/expected/\(name) is not what came out; `make golden` shows the difference:\n\(text)")
        }
    }

    @Test func `there are at least ten golden folders`() {
        #expect(GoldenCase.all.count >= 10)
    }

    @Test(arguments: GoldenCase.all)
    func `a golden folder's books balance`(_ golden: GoldenCase) throws {
        struct Report: Decodable {
            struct Tally: Decodable {
                var read: Int
                var outcomes: [String: Int]
                var balanced: Bool
            }
            var tallies: [Tally]
        }

        let reports = try JSONDecoder().decode([Report].self, from: golden.expected()["report.json"] ?? Data())

        #expect(!reports.isEmpty)
        for tally in reports.flatMap(\.tallies) {
            #expect(tally.balanced)
            #expect(tally.read == tally.outcomes.values.reduce(0, +))
        }
    }
}
