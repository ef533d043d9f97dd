import Foundation
import MagentoSandbox
import Testing

/// What `run` prints where cron reads it: nothing that needs no attention.
struct QuietRunTests {
    @Test func `a run that found nothing to do prints nothing where nobody watches`() async throws {
        try await Installation.with { installation in
            let nothing = try await installation.tallyman("run", "stock")
            let told = try await installation.tallyman("run", "stock", "--no-quiet")
            let data = try await installation.tallyman("run", "stock", "--json").json()

            #expect(nothing.exit == 0 && (nothing.output + nothing.errors).isEmpty, "\(nothing.all)")
            #expect(told.output == "stock: 0 files, nothing to do\n")
            #expect(data["flow"]?.text == "stock")
        }
    }

    @Test func `with -q a run that is done prints nothing, and one with rejects prints all`() async throws {
        try await Installation.with { installation in
            try installation.drop("one.csv", [Installation.line("A", "7")], minute: 1)
            let done = try await installation.tallyman("run", "stock", "-q")
            try installation.drop("two.csv", [Installation.line("A", "8"), Installation.line("A-2", "many")], minute: 2)
            let rejected = try await installation.tallyman("run", "stock", "-q")

            #expect(done.exit == 0 && (done.output + done.errors).isEmpty && installation.quantity("A") == "8", "\(done.all)")
            #expect(rejected.exit != 0 && rejected.output.contains("run 2"), "\(rejected.all)")
        }
    }
}
