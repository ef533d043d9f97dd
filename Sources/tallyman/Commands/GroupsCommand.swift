import ArgumentParser
import Domain
import Engine
import Entities
import Magento
import StateStore

struct GroupsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "groups",
        abstract: "The customer groups a flow's prices hang on, as they were pinned and as the shop has them now.",
        discussion: "A group that was renamed or replaced stops the flow until someone has looked who is in it and accepted it." + "\n\n"
            + Examples.of("groups")
    )

    @OptionGroup var common: CommonOptions
    @Argument(help: "The flow's name in the settings.", completion: Suggestions.flows) var flow: String
    @Flag(help: "Forget the ids of before: the next run pins the groups as they are now.") var accept = false

    struct Line: Encodable {
        var group: String
        var pinned: Int
        var now: String?
    }

    func run() async throws {
        let assembly = try common.assembly()
        _ = try assembly.settings.flow(flow)
        let ledger = try assembly.ledger()
        let memory = PinMemory(ledger: ledger, flow: flow)
        let pins = try memory.load()
        if accept {
            try assembly.desk(try assembly.runner(ledger)).note("accept groups", of: "flow \(flow)", by: common.who)
            try memory.save(GroupPins())
            return common.output.line("the groups of \(flow) are pinned anew by its next run")
        }
        let groups = try await assembly.withShop { try await $0.customerGroups.all() }
        let lines = pins.ids.sorted { $0.key < $1.key }.map { name, id in
            Line(group: name, pinned: id, now: groups.first { $0.id == id }?.code)
        }
        if common.json { return try common.output.json(lines) }
        if lines.isEmpty { common.output.line("no groups are pinned yet") }
        common.output.table(["group", "pinned id", "that id now"], lines.map { [$0.group, "\($0.pinned)", $0.now ?? "gone"] })
    }
}
