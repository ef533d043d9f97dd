import Domain
import MagentoSandbox
import Synchronization
import Testing

@testable import Magento

/// What the calls that change orders send, and what their answers mean.
struct SalesCallTests {
    /// Keeps what is sent and answers what it was given.
    private final class Recorder: ShopTransport, Sendable {
        let calls = Mutex<[ShopCall]>([])
        let reply: ShopReply

        init(_ status: Int, _ body: String) {
            reply = ShopReply(status: status, contentType: "application/json; charset=utf-8", body: Array(body.utf8))
        }

        func send(_ call: ShopCall) async -> Answer {
            calls.withLock { $0.append(call) }
            return AnswerClassifier.classify(reply, to: call, now: UTCInstant(seconds: 0))
        }

        var body: String { calls.withLock { $0.last?.body.map { String(decoding: $0, as: UTF8.self) } ?? "" } }
    }

    private static let lines = DocumentLines([.init(orderItem: 7, quantity: 2)])

    @Test func `a shipment always names its rows, and its remark is for the staff`() async throws {
        let recorder = Recorder(200, "\"10\"")
        let lines = try #require(Self.lines)

        let answer = await Shipments(recorder).submit(
            order: 3, lines, tracks: [.init(number: "1\"5", title: "DPD", carrier: "dpd")], note: .init(comment: "Despatch 1", isNotified: true),
            source: "main")

        guard case .done(let payload) = answer else { throw Unexpected() }
        #expect(payload.json.text == "10")
        #expect(
            recorder.body
                == #"{"items":[{"order_item_id":7,"qty":2}],"notify":true,"appendComment":false,"comment":{"comment":"Despatch 1","is_visible_on_front":0},"#
                + #""tracks":[{"track_number":"1\"5","title":"DPD","carrier_code":"dpd"}],"arguments":{"extension_attributes":{"source_code":"main"}}}"#
        )
        #expect(DocumentLines([]) == nil, "an empty list would ship everything")
        #expect(DocumentLines([.init(orderItem: 7, quantity: 0)]) == nil)
    }

    @Test func `a credit memo always says its shipping, or the shop would give back all of it`() async throws {
        let recorder = Recorder(200, "\"4\"")
        let lines = try #require(Self.lines)

        _ = await CreditMemos(recorder).submit(
            order: 3, lines, .init(shipping: 0, adjustment: -2), restocked: [7], note: .init(comment: "Credit note 1", isNotified: false))

        #expect(recorder.body.contains(#""shipping_amount":0,"adjustment_positive":0,"adjustment_negative":2,"#))
        #expect(recorder.body.contains(#""return_to_stock_items":[7]"#))
    }

    @Test(arguments: ["Could not save a shipment, see error log for details"])
    func `a document that could not be saved may be there all the same`(message: String) async throws {
        let lines = try #require(Self.lines)

        let answer = await Shipments(Recorder(400, "{\"message\":\"\(message)\"}")).submit(
            order: 3, lines, tracks: [], note: .init(comment: "x", isNotified: false), source: nil)

        guard case .unknown(let refusal) = answer else { throw Unexpected() }
        #expect(refusal.reason == .couldNotSave)
        #expect(refusal.kind == .ambiguous)
    }

    @Test func `a validation refusal is no effect, and 404 is an order that is not there`() async throws {
        let lines = try #require(Self.lines)
        let note = DocumentNote(comment: "x", isNotified: false)

        let invalid = await Shipments(
            Recorder(400, #"{"message":"Shipment Document Validation Error(s):\nThe order does not allow a shipment to be created."}"#)
        )
        .submit(order: 3, lines, tracks: [], note: note, source: nil)
        let missing = await Invoices(Recorder(404, #"{"message":"The entity that was requested doesn't exist. Verify the entity and try again."}"#))
            .submit(order: 3, lines, note: note)

        #expect(invalid.refusal?.reason == .invalid)
        #expect(missing.refusal?.reason == .notFound)
    }

    @Test func `a cancellation that the shop declines is an answer, not a doubt`() async throws {
        let answer = await OrderActions(Recorder(200, "false")).cancel(order: 3)

        guard case .done(let payload) = answer else { throw Unexpected() }
        #expect(payload.json == .bool(false))
    }

    private struct Unexpected: Error {}
}
