import Domain
import Testing

@testable import Entities

/// What the ERP calls an order, and which one that is.
struct OrderNamesTests {
    private struct Books: OrderBooks {
        var references: [String: String]?

        func departures(of orders: [RecordKey]) throws -> [RecordKey: [Departure]] { [:] }
        func departures(claimed claim: String) throws -> [Departure] { [] }
        func unposted() throws -> UnpostedEvents { UnpostedEvents(cancelled: [], credits: []) }
        func number(ofReference reference: String) throws -> String? {
            guard let references else { throw Diagnostic("LEDGER-DISK", "the ledger cannot be read", fix: "free space") }
            return references[reference]
        }
    }

    @Test func `a name is a short reference before it is an order's own number`() throws {
        var names = OrderNames(digits: 9, books: Books(references: ["135": "000009135"]))

        #expect(try names.number("135") == "000009135")
        #expect(try names.number("136") == "000000136")
    }

    @Test func `while the books cannot be asked no name is taken for an order's own number`() {
        var names = OrderNames(digits: 9, books: Books(references: nil))

        #expect(throws: RejectReason.self) { try names.number("135") }
    }
}
