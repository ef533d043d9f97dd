import MagentoSandbox
import Testing

/// What the shop refused once is sent again with the next file, also where that file is the same.
struct RefusedOnceTests {
    private static let lines = [Installation.line("A", "7"), Installation.line("B", "8"), Installation.line("C", "9")]

    private static func shopThatRefuses(_ sku: String, _ body: (Installation) async throws -> Void) async throws {
        try await Installation.with { installation in
            installation.shop.add(
                FaultRule(
                    .answer(.json(#"{"message":"Could not save Source Item"}"#, status: 400)), method: "POST", path: "source-items",
                    body: "\"\(sku)\""))
            try installation.drop("1.csv", lines, minute: 1)
            let first = try await installation.tallyman("run", "stock")
            #expect(first.exit == 3 && first.all.contains("1 rejected"), "\(first.all)")
            #expect(installation.quantity("A") == "7" && installation.quantity(sku) == "5")
            installation.shop.removeFaults()
            try await body(installation)
        }
    }

    @Test func `the identical file next time retries a row that the shop refused alone, and closes its error`() async throws {
        try await Self.shopThatRefuses("B") { installation in
            try installation.drop("2.csv", Self.lines, minute: 2)
            let second = try await installation.tallyman("run", "stock")
            let errors = try await installation.tallyman("errors")

            #expect(second.exit == 0 && second.all.contains("1 applied"), "\(second.all)")
            #expect(installation.quantity("B") == "8")
            #expect(!errors.all.contains("SHOP-REFUSED"), "\(errors.all)")
        }
    }

    @Test func `the very same file, name and bytes and time, retries it too`() async throws {
        try await Self.shopThatRefuses("B") { installation in
            try installation.drop("1.csv", Self.lines, minute: 1)
            _ = try await installation.tallyman("run", "stock")

            #expect(installation.quantity("B") == "8")
        }
    }
}
