import Domain
import Foundation
import Magento
import TestKit
import Testing

@testable import Entities

/// Orders recorded from a live shop, where the recordings are at hand.
struct RecordedOrderTests {
    private static let folder: String? = {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return ["../shared/magento/transcripts", "../../shared/magento/transcripts"].map { root.appendingPathComponent($0).standardizedFileURL.path }
            .first { FileManager.default.fileExists(atPath: $0) }
    }()

    private static func order(_ name: String) throws -> JSON {
        let text = try String(contentsOfFile: "\(folder ?? "")/\(name).txt", encoding: .utf8)
        let body = text.split(separator: "\n").first { $0.hasPrefix("{\"") && $0.contains("\"increment_id\"") }
        return try JSONReader.read(Array((body ?? "null").utf8))
    }

    private static func make(_ name: String) throws -> MadeDocument {
        let json = try order(name)
        let observation = DocumentSighting(
            place: 1, identity: RecordKey(json["increment_id"]?.text ?? ""), modified: UTCInstant(seconds: 0), readiness: .ready)
        return try OrderMaker(try OrderWorld.settings()).make(OutboundDocument(observation: observation, content: json.bytes))
    }

    @Test(
        .enabled(if: folder != nil, "the recordings are not beside the project"),
        arguments: [
            ("orders-06-full-simple-coupon", 3, "120.5"), ("orders-07-full-customer", 2, "124.03"), ("orders-08-full-configurable", 2, "49.66"),
            ("orders-09-full-bundle", 2, "69.64"),
        ])
    func `D8 a live shop's orders close to the penny`(name: String, lines: Int, payable: String) throws {
        let made = try Self.make(name)

        #expect(made.record.groups["lines"]?.count == lines)
        #expect(OrderWorld.text(made.record, "total.payable") == payable)
    }

    @Test(.enabled(if: folder != nil, "the recordings are not beside the project"))
    func `the discount of a coupon is on the lines, and the tax after it`() throws {
        let made = try Self.make("orders-06-full-simple-coupon")
        let lines = made.record.groups["lines"] ?? []

        #expect(lines.map { OrderWorld.text($0, "line.net") } == ["22.5", "10.75", "37.17"])
        #expect(lines.map { OrderWorld.text($0, "line.tax") } == ["4.5", "2.15", "7.43"])
        #expect(OrderWorld.text(made.record, "total.discount") == "7.83")
        #expect(OrderWorld.text(made.record, "coupon") == "TENOFF")
        #expect(OrderWorld.text(made.record, "delivery.postcode") == "LS1 4AP")
        #expect(lines.map { OrderWorld.text($0, "line.sku") } == ["WID-45-BLK", "WID/45/BLK", "Ünï-45"])
    }

    /// 5 % goods with 20 % carriage; goods without tax with taxed carriage.
    @Test(
        .enabled(if: folder != nil, "the recordings are not beside the project"),
        arguments: [("ordertax-01-order-21", "T1"), ("ordertax-02-order-33", "T1"), ("ordertax-03-order-50", "T1")])
    func `the carriage leaves with the tax rate that the shop applied to it, not with that of the goods`(name: String, code: String) throws {
        let json = try Self.order("../transcripts-2/\(name)")
        let observation = DocumentSighting(
            place: 1, identity: RecordKey(json["increment_id"]?.text ?? ""), modified: UTCInstant(seconds: 0), readiness: .ready)
        let settings = try OrderWorld.settings(orders: ["tax": ["20": "T1", "5": "T5", "0": "T0"]])

        let made = try OrderMaker(settings).make(OutboundDocument(observation: observation, content: json.bytes))

        #expect(OrderWorld.text(made.record, "shipping.tax_code") == code)
        #expect(made.record.groups["lines"]?.allSatisfy { OrderWorld.text($0, "line.tax_code") != "T1" } == true)
    }
}
