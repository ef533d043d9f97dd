import Foundation
import MagentoSandbox
import Testing

/// `doctor` says of each attribute that a flow writes to whether the shop keeps its values, before anything is sent.
struct AttributeDoctorTests {
    private static let world: AccountWorld = {
        var world = AccountWorld()
        world.flows = [
            "signups:", "  push: {endpoint: erp, folder: in, name: \"CUST_{batch}.csv\"}", "  profile: generic/customers",
            "  customers: {attribute: erp_account}",
            "masters:", "  pull: {endpoint: erp, folder: masters, files: \"*.csv\", settle: 0s}", "  profile: sage50/product-list",
            "  products: {owns: [name, unit], attributes: {unit: unit_of_sale}}",
        ]
        return world
    }()

    private static func lines(_ state: ShopState) async throws -> [String: (verdict: String, text: String, fix: String, also: [String])] {
        var lines: [String: (verdict: String, text: String, fix: String, also: [String])] = [:]
        try await world.with(state) { installation in
            for name in ["in", "masters"] {
                try FileManager.default.createDirectory(atPath: "\(installation.folder)/erp/\(name)", withIntermediateDirectories: true)
            }
            for line in (try await installation.tallyman("doctor", "--json").json().elements ?? []) {
                lines[line["check"]?.text ?? ""] = (
                    line["verdict"]?.text ?? "", line["text"]?.text ?? "", line["fix"]?.text ?? "", line["also"]?.elements?.compactMap(\.text) ?? []
                )
            }
            #expect(installation.commits.isEmpty)
        }
        return lines
    }

    private static func state(_ change: (inout ShopState) -> Void = { _ in }) -> ShopState {
        var state = AccountWorld.shop
        state.attributes.append(CatalogueAttribute(code: "unit_of_sale"))
        change(&state)
        return state
    }

    @Test func `attributes whose values the shop keeps are listed by flow`() async throws {
        let lines = try await Self.lines(Self.state())

        #expect(lines["attributes accounts"]?.text == "kept: erp_account, erp_credit, erp_stop, erp_terms")
        #expect(lines["attributes signups"]?.text == "kept: erp_account")
        #expect(lines["attributes masters"]?.verdict == "good", "\(lines)")
    }

    @Test func `an attribute in no attribute set fails, by name, for each flow that writes it`() async throws {
        let lines = try await Self.lines(Self.state { $0.customerAttributesInNoSet = ["erp_account"] })

        let line = try #require(lines["attributes accounts"] ?? lines["attributes signups"])
        #expect(line.verdict == "failed" && line.text.contains("erp_account") && line.fix.contains("attribute set"), "\(lines)")
        // One cause is said once, with the flows that it concerns.
        #expect(lines.keys.filter { $0.hasPrefix("attributes ") && lines[$0]?.verdict == "failed" }.count == 1, "\(lines)")
        #expect(line.also.contains("attributes signups"), "\(lines)")
    }

    @Test func `an attribute that does not exist fails, by name and setting`() async throws {
        let lines = try await Self.lines(
            Self.state { state in
                state.customerAttributes.remove("erp_credit")
                state.attributes.removeAll { $0.code == "unit_of_sale" }
            })

        #expect(lines["attributes accounts"]?.verdict == "failed" && lines["attributes accounts"]?.text.contains("erp_credit") == true, "\(lines)")
        #expect(lines["attributes masters"]?.verdict == "failed" && lines["attributes masters"]?.text.contains("unit_of_sale") == true, "\(lines)")
        #expect(lines["attributes signups"]?.verdict == "good")
    }
}
