import Domain
import Foundation
import Magento

/// Where a scenario is played: a folder of its own with settings, ledger and the ERP's folders, the program, and the sandbox.
final class ScenarioStage {
    let folder: String
    private(set) var shop: SandboxView
    private let program: ChildProgram
    private let timeline: Timeline
    private(set) var steps: [String] = []
    private(set) var checks: [ScenarioOutcome.Check] = []
    private var commands = 0

    init(folder: String, shop: SandboxView, program: String, timeline: Timeline) throws {
        self.folder = folder
        self.shop = shop
        self.timeline = timeline
        var environment = ProcessInfo.processInfo.environment.merging(SandboxView.credentials) { $1 }
        environment["NO_COLOR"] = "1"
        environment["TALLYMAN_SETTINGS"] = nil
        environment["TALLYMAN_PROFILES"] = InstalledData.profiles(environment)
        self.program = ChildProgram(path: program, folder: folder, environment: environment)
        for name in ["stock", "in", "off", "acks", "despatch", "credit", "cancel", "prices", "customers"] {
            try FileManager.default.createDirectory(atPath: "\(folder)/erp/\(name)", withIntermediateDirectories: true)
        }
    }

    // MARK: Notes

    func note(_ step: String) { steps.append(step) }

    func check(_ what: String, expected: String, actual: String) {
        checks.append(.init(what: what, expected: expected, actual: actual))
    }

    // MARK: The installation

    /// A shop with these products, and what `more` adds (both as `SeedFile` reads them), and flows as they would stand in the settings.
    func begin(products: String, flows: [String], more: String = "") async throws {
        let seed = try await shop.control("seed", #"{"products":[\#(products)],"groups":["Scenario trade"]\#(more)}"#)
        guard seed.status == 200 else { throw ScenarioFailure("the sandbox does not take the seed: \(seed.json)") }
        // The new shop knows no session of the old one.
        shop = try await SandboxView(url: shop.url)
        let yaml = """
            shop: scenario
            timezone: Europe/London
            state: state
            magento:
              url: "\(shop.url)"
              oauth1:
                consumer_key: {env: MAGENTO_CONSUMER_KEY}
                consumer_secret: {env: MAGENTO_CONSUMER_SECRET}
                access_token: {env: MAGENTO_ACCESS_TOKEN}
                access_token_secret: {env: MAGENTO_ACCESS_TOKEN_SECRET}
            endpoints: {erp: {local: {root: \(folder)/erp}}}
            flows:
            \(flows.joined(separator: "\n"))

            """
        try Data(yaml.utf8).write(to: URL(fileURLWithPath: "\(folder)/tallyman.yaml"))
    }

    /// Runs the program as an operator or the clock would.
    @discardableResult
    func tallyman(_ arguments: String...) async throws -> ChildProgram.Ending {
        commands += 1
        note("tallyman " + arguments.joined(separator: " "))
        return try await program.run(arguments, log: "command-\(commands).log")
    }

    // MARK: The ERP

    /// - Parameter seconds: the file's time, from now; what it says is of that moment.
    func drop(_ path: String, _ lines: [String], after seconds: Double = 0) throws {
        note("the ERP writes \(path)")
        try write(path, lines.map { $0 + "\r\n" }.joined(), after: seconds)
    }

    func write(_ path: String, _ text: String, after seconds: Double = 0) throws {
        let full = "\(folder)/erp/\(path)"
        try Data(text.utf8).write(to: URL(fileURLWithPath: full))
        let time = Date(timeIntervalSince1970: Double(timeline.now().milliseconds) / 1000 + seconds)
        try FileManager.default.setAttributes([.modificationDate: time], ofItemAtPath: full)
    }

    func names(in name: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/erp/\(name)")) ?? []).sorted()
    }

    func text(_ path: String) -> String {
        String(decoding: FileManager.default.contents(atPath: "\(folder)/erp/\(path)") ?? Data(), as: UTF8.self)
    }

    /// How often the order stands in the ERP's files, by its first row: `never`, `once`, `2 times`.
    func times(_ number: String) -> String {
        let count = names(in: "in").flatMap { text("in/\($0)").split(whereSeparator: \.isNewline) }.count { line in
            line.hasPrefix("\(number),") && line.contains(",1,item,")
        }
        return switch count {
        case 0: "never"
        case 1: "once"
        default: "\(count) times"
        }
    }

    // MARK: The shop

    /// A customer orders; answers the number that the shop gives.
    @discardableResult
    func order(_ json: String) async throws -> String {
        let answer = try await shop.control("orders", json)
        guard let number = answer.json["increment_id"]?.text else {
            note("a customer orders, and the shop does not take it")
            return ""
        }
        note("a customer places order \(number)")
        return number
    }

    func quantity(_ sku: String, _ source: String = "main") async throws -> String {
        let items = try await shop.get(Self.search("inventory/source-items", "sku", sku))["items"]?.elements ?? []
        return items.first { $0["source_code"]?.text == source }?["quantity"]?.decimal.map { "\($0)" } ?? "-"
    }

    /// What a customer may still buy.
    func salable(_ sku: String) async throws -> String {
        let answer = try await shop.get("inventory/get-product-salable-quantity/\(sku)/2")
        return answer.decimal.map { "\($0)" } ?? "-"
    }

    func orderNamed(_ number: String) async throws -> JSON {
        try await shop.get(Self.search("orders", "increment_id", number))["items"]?.elements?.first ?? .null
    }

    /// Those who log in with this e-mail.
    func customers(_ email: String) async throws -> [JSON] {
        try await shop.get(Self.search("customers/search", "email", email))["items"]?.elements ?? []
    }

    /// Shipments, invoices or credit memos, oldest first.
    func documents(_ kind: String) async throws -> [JSON] {
        try await shop.get("\(kind)?searchCriteria[pageSize]=100")["items"]?.elements ?? []
    }

    /// The price of one piece and the tiers, as a guest or a customer who is signed in sees them.
    func shownPrices(_ sku: String, customer: String? = nil) async throws -> String {
        let money = "{ value currency }"
        let query =
            "{ products(filter: {sku: {in: [\"\(sku)\"]}}, pageSize: 1) { items { sku price_range { minimum_price { final_price \(money) } } "
            + "price_tiers { quantity final_price \(money) } } } }"
        let item = try await shop.graphQL(query, customer: customer)["data"]?["products"]?["items"]?.elements?.first
        let tiers = (item?["price_tiers"]?.elements ?? []).map { tier in
            "from \(tier["quantity"]?.decimal ?? 0) \(tier["final_price"]?["value"]?.decimal ?? 0)"
        }
        let final = item?["price_range"]?["minimum_price"]?["final_price"]?["value"]?.decimal
        return (["\(final.map { "\($0)" } ?? "-")"] + tiers).joined(separator: ", ")
    }

    private static func search(_ path: String, _ field: String, _ value: String) -> String {
        let group = "searchCriteria[filter_groups][0][filters][0]"
        return "\(path)?\(group)[field]=\(field)&\(group)[value]=\(value)&searchCriteria[pageSize]=100"
    }
}

/// What keeps a scenario from being played to its end.
struct ScenarioFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
