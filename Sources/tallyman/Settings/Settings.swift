import Domain
import Endpoints
import Engine
import Entities
import Foundation
import Magento
import Reports

/// The settings file, checked as a whole. Nothing here touches the network.
struct Settings: Sendable {
    static let endpointOptions: [OptionSpec] = [
        OptionSpec("sftp", .object(SFTPSettings.options), "An account on an SFTP server."),
        OptionSpec("local", .object(LocalSettings.options), "A directory of this machine."),
    ]

    static let flowOptions: [OptionSpec] =
        [
            OptionSpec("pull", .object(Pull.options), "Where the files come from and what happens to them there; for flows into the shop."),
            OptionSpec("push", .object(Push.options), "Where the files go; for flows out of the shop."),
            OptionSpec(
                "profile", .text, "The layout of the file: a name below Schemas/profiles; one with an output.json for flows out of the shop.",
                required: .required, example: "sage50/stock"),
            OptionSpec(
                "mode", .choice(FileMode.allCases.map(\.rawValue)),
                "Whether a file lists everything or only changes, where it does not say so itself.", default: "full"),
            OptionSpec("timezone", .text, "The ERP's time zone, if it is not the shop's.", example: "Europe/London"),
            OptionSpec(
                "approve", .choice(Flow.Approval.allCases.map(\.rawValue)),
                "Whether a plan within its gates applies itself, or always waits for a person.", default: "automatic"),
            OptionSpec(
                "empty_file", .choice(Flow.EmptyFile.allCases.map(\.rawValue)),
                "What a file without a record means, be it empty or a header alone: error sets an empty file aside and holds a full one with a header alone (gates.empty); nothing ends its run with nothing to do. Neither ever means that everything is at zero.",
                default: "error"),
            OptionSpec("gates", .object(Gates.options), "Limits beyond which a plan is held for a decision."),
            OptionSpec("select", .object(OrderSettings.selectOptions), "Which orders leave, and when; with push."),
            OptionSpec("orders", .object(OrderSettings.options), "What orders mean to the ERP; with push."),
            OptionSpec("customers", .object(CustomerSettings.options), "New customers of the shop for the ERP, instead of orders; with push."),
            OptionSpec(
                "order_cancellations", .object(OrderCancellationSettings.options),
                "Cancellations in the shop of orders that have left, for the ERP, instead of orders; with push."),
            OptionSpec("reconcile", .object(ReconcilePlan.options), "When serve compares the flow with the shop, between its runs."),
            OptionSpec("report", .object(ReportPolicy.options), "Recipients of the flow's outcome mails, and which outcomes are mailed."),
        ] + FlowTiming.options + EntityCatalogue.options

    static let options: [OptionSpec] =
        [
            OptionSpec("shop", .text, "A short name of the shop, for reports.", required: .required, example: "acme"),
            OptionSpec("timezone", .text, "The shop's and the ERP's time zone.", default: "Europe/London"),
            OptionSpec("currency", .text, "The currency of the shop's prices; a price line in another one is rejected.", default: "GBP"),
            OptionSpec(
                "state", .text, "The folder of ledger, spool and reject files; only this service may read it.", required: .required,
                example: "/var/lib/tallyman/acme"),
            OptionSpec(
                "profiles", .text,
                "A folder with profiles of your own, which stand in front of the installed ones. `profiles` beside the settings unless given.",
                example: "/etc/tallyman/profiles"),
            OptionSpec(
                "owner", .list(.text), "Default recipients for flows that name none: mail addresses.",
                example: "ops@acme.example"),
            OptionSpec("mail", .object(MailSettings.options), "How mails are sent. Without it none are written."),
            OptionSpec("report", .object(ReportTimes.options), "Daily and weekly reports, sent by `serve`."),
            OptionSpec(
                "console",
                .object([
                    OptionSpec(
                        "url", .text, "The address of the console, as people open it. Mails link to it.", required: .required,
                        example: "https://console.acme.example")
                ]), "The operators' console that shows this shop (docs/console.md)."),
            OptionSpec(
                "failover", .choice(["timed", "fenced"]),
                "When the work of a process that cannot be seen, on another machine or in another container, may be taken over: after its lease of 30 seconds, or at once, because the administrator guarantees that no two machines or containers have the state folder at the same time.",
                default: "timed"),
            OptionSpec(
                "backup", .object(BackupPlan.options), "Backups of the ledger, one a day, each verified after writing. Without it none are written."),
            OptionSpec("retention", .object(Retention.options), "How long records and files are kept."),
            OptionSpec("magento", .object(MagentoSettings.options), "The shop.", required: .required),
            OptionSpec("endpoints", .map(.object(endpointOptions)), "Where files live, each under a name of your own.", required: .required),
            OptionSpec(
                "flows", .map(.object(flowOptions)), "The flows, each under a name of your own: what is carried from where to where.",
                required: .required),
        ] + ServiceSettings.options

    var path: String
    var root: SettingNode
    var shop: String
    var timeZone: String
    /// ISO 4217.
    var currency: String
    var stateFolder: String
    /// The site's own folder, where it has one, in front of the one that came with the program.
    var profileFolders: [String]
    var service: ServiceSettings
    /// `nil`: nobody asked for backups by schedule.
    var backup: BackupPlan?

    /// Checks everything at once and throws all problems together.
    init(path: String, environment: [String: String]) throws {
        let root = try SettingsFile.load(path)
        let problems = SettingCheck.problems(in: root, against: Self.options) + Self.crossChecks(root)
        guard problems.isEmpty else { throw SettingsProblems(problems: problems) }
        self.path = path
        self.root = root
        shop = try root.requiredText("shop")
        timeZone = root.text("timezone") ?? "Europe/London"
        currency = root.text("currency") ?? "GBP"
        stateFolder = Self.absolute(try root.requiredText("state"), beside: path)
        profileFolders = InstalledData.profileFolders(own: root.text("profiles"), settings: path, environment)
        let holidays = HolidayFiles(folder: InstalledData.folder("calendars"))
        do {
            service = try ServiceSettings(root, timeZone: timeZone, holidays: holidays)
            backup = try root["backup"].map { [stateFolder] in
                try BackupPlan($0, standard: "\(stateFolder)/backups") { Self.absolute($0, beside: path) }
            }
            service.watch.backsUp = backup != nil
        } catch let diagnostic as Diagnostic {
            throw SettingsProblems(problems: [diagnostic])
        }
    }

    var flowNames: [String] { root["flows"]?.map?.map(\.key) ?? [] }

    func flow(_ name: String) throws -> SettingNode {
        guard let node = root["flows"]?[name] else {
            throw Diagnostic(
                "FLOW-UNKNOWN", "there is no flow \(Escaped(name))", at: root["flows"]?.location,
                fix: NearestWord.hint(name, among: flowNames, otherwise: "the settings have: \(flowNames.joined(separator: ", "))")
            )
        }
        return node
    }

    /// The folder of the settings file.
    var folder: String { URL(fileURLWithPath: path).deletingLastPathComponent().path }

    static func absolute(_ path: String, beside settings: String) -> String {
        path.hasPrefix("/") ? path : URL(fileURLWithPath: settings).deletingLastPathComponent().appendingPathComponent(path).path
    }

    /// References that a single option cannot check.
    private static func crossChecks(_ root: SettingNode) -> [Diagnostic] {
        var problems: [Diagnostic] = []
        if let zone = root.text("timezone"), TimeZone(identifier: zone) == nil {
            problems.append(root["timezone"]?.invalid("is not a time zone", fix: Self.zoneHint(zone)) ?? missing)
        }
        problems += FormChecks.problems(in: root)
        let addresses = ["https://", "http://127.0.0.1", "http://localhost", "http://[::1]"]
        if let url = root["console"]?["url"], let text = url.scalar, !addresses.contains(where: text.hasPrefix) {
            problems.append(url.invalid("is neither https nor of this machine", fix: "write it like https://console.acme.example"))
        }
        problems += addressChecks(root) + accountChecks(root) + CycleOrder.problems(in: root) + SettingConflicts.sharedFiles(in: root)
        let endpoints = Set((root["endpoints"]?.map ?? []).map(\.key))
        for (name, flow) in root["flows"]?.map ?? [] {
            if (flow["pull"] == nil) == (flow["push"] == nil) {
                problems.append(
                    flow.invalid(
                        flow["pull"] == nil ? "is neither a flow into the shop nor one out of it" : "has both pull and push",
                        fix: "give flow \(name) one of pull: {endpoint: …, folder: …, files: …} and push: {endpoint: …, folder: …, name: …}"))
                continue
            }
            if flow["push"] != nil {
                if let group = EntityCatalogue.names.first(where: { flow[$0] != nil }), let node = flow[group] {
                    problems.append(node.invalid("is for flows into the shop", fix: "flow \(name) has a push; move \(group) to a flow with a pull"))
                }
                if flow["customers"] != nil, let node = flow["select"] ?? flow["orders"] {
                    problems.append(node.invalid("is for orders", fix: "flow \(name) carries customers; give orders a flow of their own"))
                }
                problems += CancellationChecks.problems(of: name, flow, in: root)
            } else if let node = flow["select"] ?? flow["orders"] ?? flow["customers"] ?? flow["order_cancellations"] {
                problems.append(node.invalid("is for flows out of the shop", fix: "flow \(name) has a pull; use it in a flow with a push"))
            } else if EntityCatalogue.names.allSatisfy({ flow[$0] == nil }) {
                let groups = EntityCatalogue.names.joined(separator: ", ")
                problems.append(flow.invalid("of flow \(name) feeds nothing", fix: "give flow \(name) at least one of: \(groups)"))
            }
            guard let pull = flow["pull"] ?? flow["push"], let endpoint = pull["endpoint"], let text = endpoint.scalar, !endpoints.contains(text)
            else { continue }
            problems.append(
                endpoint.invalid(
                    "is not an endpoint; flow \(name) needs one",
                    fix: NearestWord.hint(text, among: endpoints.sorted(), otherwise: "known: \(endpoints.sorted().joined(separator: ", "))")))
        }
        return problems
    }

    private static func zoneHint(_ zone: String) -> String {
        NearestWord.hint(zone, among: TimeZone.knownTimeZoneIdentifiers, otherwise: "write it like Europe/London")
    }

    /// The books know an account by its code alone: two websites would take turns at the same account.
    private static func accountChecks(_ root: SettingNode) -> [Diagnostic] {
        let groups = (root["flows"]?.map ?? []).compactMap { $0.node[AccountDefinition.name] }
        guard let first = groups.first, let other = groups.first(where: { ($0.text("website") ?? "base") != (first.text("website") ?? "base") })
        else { return [] }
        return [
            other.invalid(
                "is for another website than the accounts of another flow",
                fix: "keep each website's accounts under settings of their own, with a state folder of their own")
        ]
    }

    /// A report that nobody gets is found now, not on the day it was needed.
    private static func addressChecks(_ root: SettingNode) -> [Diagnostic] {
        var problems: [Diagnostic] = []
        func check<Value>(_ body: () throws -> Value) -> Value? {
            do {
                return try body()
            } catch {
                if let problem = error as? Diagnostic { problems.append(problem) }
                return nil
            }
        }
        let owner = check { try root.addresses("owner") } ?? []
        let mail = root["mail"]
        let times = check { try ReportTimes(root["report"], owner: owner) }
        if let node = root["report"], times?.areWanted == true {
            if mail == nil { problems.append(node.invalid("has no way to leave", fix: "add mail: {smtp: smtps://HOST:465, from: …}")) }
            if times?.recipients.isEmpty == true { problems.append(node.invalid("tells nobody", fix: "add owner: ADDRESS, or to: ADDRESS to it")) }
        }
        // Only the form: the secret is looked up when a mail leaves.
        if let mail { _ = check { try MailSettings(mail) { _ in Secret("") } } }
        var unheard: [String] = []
        for (name, flow) in root["flows"]?.map ?? [] {
            let policy = check { try ReportPolicy(flow["report"], owner: owner) }
            if let report = flow["report"], mail == nil {
                problems.append(report.invalid("has no way to leave", fix: "add mail: {smtp: smtps://HOST:465, from: …}"))
            }
            if mail != nil, let policy, policy.recipients.isEmpty { unheard.append(name) }
        }
        if let mail, let first = unheard.first {
            problems.append(
                Diagnostic(
                    "SETTINGS-MISSING", "the mails of flow \(unheard.joined(separator: ", ")) have no recipient", at: mail.location,
                    fix: "add owner: ops@acme.example for all flows, or report: {to: ops@acme.example} to flow \(first)"))
        }
        return problems
    }

    private static let missing = Diagnostic("SETTINGS-MISSING", "a setting is missing", fix: "see docs/settings.md")
}

/// All that is wrong with a settings file, in the order of its lines.
struct SettingsProblems: Error {
    var problems: [Diagnostic]

    init(problems: [Diagnostic]) {
        self.problems = problems.sorted { ($0.location?.line ?? 0, $0.location?.column ?? 0) < ($1.location?.line ?? 0, $1.location?.column ?? 0) }
    }
}
