import Domain
import StateStore
import TestKit
import Testing

@testable import Console

/// Values far longer than anybody reads.
@Suite struct LargeValueTests {
    @Test func `a key, a value, a reason and a file name of ten megabytes make no page large, and none of it is markup`() async throws {
        let world = try ConsoleWorld()
        let text = "<script>alert(1)</script>\u{202E}\u{0}" + String(repeating: "é<b>", count: 2_500_000)
        let run = try world.acme.arrange(texts: [text, "SKU-1"], file: "f.csv", held: true)
        let browser = try await world.member(.approver, people: true)
        let error = try #require(try world.acme.ledger.read { try $0.errors(run: run).first?.id })
        for page in [
            "", "/errors", "/errors/\(error)", "/runs", "/runs/\(run)", "/plans", "/runs/\(run)/decide", "/search?q=SKU-1", "/files", "/reports",
        ] {
            let answer = await browser.get("/s/acme\(page)")
            #expect(answer.status == 200, "\(page): \(answer.status)")
            #expect(answer.body.count < 1 << 20, "\(page) has \(answer.body.count) bytes")
            #expect(!answer.text.contains("<script>alert") && !answer.text.contains("<b>") && !answer.text.contains("\u{202E}"), "\(page)")
        }
        #expect(await browser.get("/s/acme/errors/\(error)").text.contains("bytes)"))
    }

    @Test func `what a form sends back is whole, however long it is`() {
        let text = String(repeating: "x", count: 50_000) + "\""
        #expect(Parts.field("cell-0", "Cell", value: text).text.contains(text.dropLast() + "&quot;\""))
        #expect(HTML(text).text.utf8.count < 5000)
        // The cut falls between two characters, whatever their length.
        for length in 4090...4100 {
            let mixed = String(repeating: "x", count: length) + String(repeating: "🙂", count: 50)
            #expect(HTML(mixed).text.hasSuffix("… (\(mixed.utf8.count) bytes)") == (mixed.utf8.count > HTML.longest))
            #expect(!HTML(mixed).text.contains("\u{FFFD}"))
        }
    }
}
