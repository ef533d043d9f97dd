import ArgumentParser
import MagentoSandbox

/// What a shopper does in the shop, for people who try things out.
struct PlaceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "place", abstract: "Place an order in a sandbox that runs with --control.",
        discussion: "EXAMPLE:\n  magento-sandbox place CAFE-TBL-60 --quantity 2 --number 000000101")

    @Argument(help: "The product's code.") var sku: String
    @Option(help: "How many pieces.") var quantity = 1
    @Option(help: "The order's number; the next one unless given.") var number: String?
    @Option(help: "The port of the sandbox.") var port = 8089

    func run() throws {
        var members: [JSONValue.Member] = [
            .init("items", .array([["sku": .string(sku), "qty": JSONValue(quantity)]])), .init("tax_percent", JSONValue(20)),
        ]
        if let number { members.append(.init("increment_id", .string(number))) }
        let answer = try ControlCall(port: port).post("orders", .object(members))
        print("order \(answer["increment_id"]?.text ?? "") is placed")
    }
}

struct InvoiceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invoice", abstract: "Take the money of an order in a sandbox that runs with --control, so that the order can be shipped.")

    @Argument(help: "The order's number.") var number: String
    @Option(help: "The port of the sandbox.") var port = 8089

    func run() throws {
        let answer = try ControlCall(port: port).post("invoices", ["order": .string(number)])
        print("order \(number) has invoice \(answer["increment_id"]?.text ?? "")")
    }
}
