import Testing

@testable import MagentoSandbox

/// Each check is shown a journal that is right and one with a planted violation.
struct JournalCheckTests {
    private static func entry(_ sequence: Int, _ exchange: Int, _ event: JournalEntry.Event, refused: String? = nil) -> JournalEntry {
        JournalEntry(
            sequence: sequence, exchange: exchange, event: event, method: "POST", path: "/rest/all/V1/inventory/source-items",
            bodyHash: "", caller: "test", refusedResource: refused)
    }

    private static func commits(_ values: [(String, String)]) -> [JournalEntry] {
        values.enumerated().map { entry($0.offset + 1, $0.offset, .committed([JournalItem(key: $0.element.0, value: $0.element.1)])) }
    }

    private static func version(_ item: JournalItem) -> Int? { Int(item.value.prefix { $0 != "/" }) }

    @Test func `nothing twice sees a repetition`() {
        #expect(JournalCheck.nothingTwice(Self.commits([("a", "1"), ("b", "1")])).isEmpty)
        #expect(JournalCheck.nothingTwice(Self.commits([("a", "1"), ("a", "1")])) == ["a was committed 2 times"])
    }

    @Test func `C1 versions never decrease sees a step back`() {
        let good = Self.commits([("a", "1/1"), ("b", "9/1"), ("a", "2/1"), ("a", "2/1")])
        let bad = Self.commits([("a", "2/1"), ("a", "1/1")])

        #expect(JournalCheck.versionsNeverDecrease(good, version: Self.version).isEmpty)
        #expect(JournalCheck.versionsNeverDecrease(bad, version: Self.version) == ["entry 2: a went from version 2 back to 1"])
    }

    @Test func `final values sees what is missing, wrong and too much`() {
        let entries = Self.commits([("a", "1"), ("b", "1"), ("b", "2"), ("x", "1")])

        let problems = JournalCheck.finalValues(entries, equal: ["a": "1", "b": "3", "c": "1"])

        #expect(problems == ["b should be 3, is 2", "c should be 1, is nothing", "x was written and should not have been"])
        #expect(JournalCheck.finalValues(entries, equal: ["a": "1", "b": "2", "x": "1"]).isEmpty)
    }

    @Test func `concurrency counts open exchanges, dropped ones until they are dropped`() {
        let entries = [
            Self.entry(1, 1, .arrived), Self.entry(2, 2, .arrived), Self.entry(3, 1, .answered(status: 200)),
            Self.entry(4, 3, .arrived), Self.entry(5, 2, .dropped), Self.entry(6, 3, .answered(status: 200)),
        ]

        #expect(JournalCheck.concurrency(entries, atMost: 2).isEmpty)
        #expect(JournalCheck.concurrency(entries, atMost: 1) == ["2 exchanges were open at once, 1 are allowed"])
    }

    @Test func `one writer per key sees two open writes of it`() {
        let item = [JournalItem(key: "a", value: "1")]
        let good = [
            Self.entry(1, 1, .arrived), Self.entry(2, 1, .committed(item)), Self.entry(3, 1, .answered(status: 200)),
            Self.entry(4, 2, .arrived), Self.entry(5, 2, .committed(item)), Self.entry(6, 2, .answered(status: 200)),
        ]
        let bad = [
            Self.entry(1, 1, .arrived), Self.entry(2, 2, .arrived), Self.entry(3, 1, .committed(item)),
            Self.entry(4, 2, .committed(item)),
        ]

        #expect(JournalCheck.oneWriterPerKey(good).isEmpty)
        #expect(JournalCheck.oneWriterPerKey(bad) == ["exchanges 1 and 2 both write a"])
    }

    @Test func `nothing outside access sees a refused resource`() {
        let bad = [Self.entry(1, 1, .answered(status: 401), refused: "Magento_Sales::ship")]

        #expect(JournalCheck.nothingOutsideAccess([Self.entry(1, 1, .answered(status: 200))]).isEmpty)
        #expect(JournalCheck.nothingOutsideAccess(bad).count == 1)
    }
}
