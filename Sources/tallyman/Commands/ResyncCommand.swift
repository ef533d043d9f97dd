import ArgumentParser
import Domain
import Engine
import StateStore

struct ResyncCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resync",
        abstract: "Send the value that the books hold for one product or customer to the shop once more.",
        discussion: "No file is read. What the shop holds meanwhile is overwritten by what it was last given.\n\n" + Examples.of("resync")
    )

    @OptionGroup var common: CommonOptions
    @Argument(help: "What kind of value: stock, prices, …") var entity: String
    @Argument(help: "The product or customer, as the shop writes it.") var key: String
    @Option(help: "Only this flow, where several carry the entity.", completion: Suggestions.flows) var flow: String?
    @Option(help: "Why, for the audit.") var because: String
    @Flag(help: "Show what the shop holds and what it would be given; send nothing.") var dryRun = false

    func run() async throws {
        let assembly = try common.assembly()
        let ledger = try assembly.ledger()
        try assembly.proveHome(ledger)
        let (key, entity, who, because) = (RecordKey(key), entity, common.who, because)
        let carrying = try assembly.settings.flowNames.filter { name in
            try (flow == nil || flow == name) && assembly.settings.flow(name)["push"] == nil && assembly.settings.flow(name)[entity] != nil
        }
        let last = try ledger.read { reader in
            try reader.mirror(entity: entity, key: key)?.change.flatMap { try reader.change($0)?.run }.flatMap { try reader.run($0)?.flow }
        }
        guard let name = carrying.first(where: { $0 == last }) ?? carrying.first else {
            throw Diagnostic("VALUE-UNKNOWN", "no flow carries \(Escaped(entity))", fix: "name an entity of the settings, such as stock or prices")
        }
        let desk = assembly.desk(try assembly.runner(ledger))
        if dryRun {
            let (held, wanted) = try await assembly.withShop { shop in
                try await desk.previewResync(key, entity: entity, of: try await assembly.flow(name, shop, ledger))
            }
            return common.output.line("\(key): the shop has \(held); it would be given \(wanted); nothing was sent")
        }
        let report = try await assembly.withShop { shop in
            try await desk.resync(key, entity: entity, of: try await assembly.flow(name, shop, ledger), by: who, because: because)
        }
        try RunPrinter(output: common.output).print(report, rejectFile: nil)
        let status = ExitStatus([report])
        if status != .done { throw status }
    }
}
