import ArgumentParser
import Foundation
import MagentoSandbox

/// `magento-sandbox`: a stand-in Magento shop for demos, tests and training. It listens on the loopback interface only.
@main
struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "magento-sandbox",
        abstract: "A stand-in Magento 2.4 shop: the REST routes of the sync, in memory, on this machine only.",
        subcommands: [ServeCommand.self, PlaceCommand.self, InvoiceCommand.self],
        defaultSubcommand: ServeCommand.self
    )
}

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "serve", abstract: "Be the shop until it is stopped. The default.")

    @Option(help: "The port to listen at; 0 takes a free one.")
    var port = 8089

    @Option(help: "`demo`, `empty`, or a JSON file with products and sources.")
    var seed = "demo"

    @Option(help: "A folder to write the integration's four secrets into, as tallyman reads them: SHOP.secrets beside SHOP.yaml.")
    var secrets: String?

    @Flag(help: "Answer /__sandbox/… so that orders can be placed, faults set and the journal read over HTTP.")
    var control = false

    @Option(help: "Whether prices may differ between websites: \(PriceScope.allCases.map(\.rawValue).joined(separator: ", ")).")
    var priceScope = PriceScope.global

    @Option(help: "The release to behave like: \(MagentoRelease.allCases.map(\.rawValue).joined(separator: ", ")).")
    var release = MagentoRelease.v247

    @Option(help: "When shoppers see a new price: \(Storefront.Indexing.allCases.map(\.rawValue).joined(separator: ", ")).")
    var indexing = Storefront.Indexing.immediate

    @Option(
        help:
            "How long answers take: \(AnswerTimes.allCases.map(\.rawValue).joined(separator: ", ")); recorded: as a live shop with two cores did, by route, rows and calls in flight."
    )
    var times = AnswerTimes.none

    @Flag(help: "Be a shop of the B2B edition, with companies and their credit.")
    var b2b = false

    func run() async throws {
        var state: ShopState =
            switch seed {
            case "demo": .demo
            case "empty": .empty
            default: try SeedFile.read(Array(Data(contentsOf: URL(fileURLWithPath: seed))))
            }
        if b2b { state.addB2B() }
        state.priceScope = priceScope
        state.release = release
        state.storefront.indexing = indexing
        let integration = Integration.demo
        if let secrets { try SecretFolder(path: secrets).write(integration) }
        let server: SandboxServer
        do {
            server = try await SandboxServer.start(shop: SandboxShop(state, times: times.times), port: port, control: control ? .on : .off)
        } catch {
            throw SandboxTrouble("port \(port) cannot be listened at (\(error)); choose another with --port")
        }
        print(
            """
            magento-sandbox is ready at \(server.url)
              products         \(state.catalogue.products.count)
              MAGENTO_CONSUMER_KEY=\(integration.consumerKey)
              MAGENTO_CONSUMER_SECRET=\(integration.consumerSecret)
              MAGENTO_ACCESS_TOKEN=\(integration.token)
              MAGENTO_ACCESS_TOKEN_SECRET=\(integration.tokenSecret)
              admin user       admin / sandbox-admin-1
            """
        )
        // The lines above are waited for by whoever started the program through a pipe.
        fflush(nil)
        try await server.run()
    }
}

extension PriceScope: ExpressibleByArgument {}
extension MagentoRelease: ExpressibleByArgument {}
extension Storefront.Indexing: ExpressibleByArgument {}
extension AnswerTimes: ExpressibleByArgument {}
