import Domain

/// What a code means and what to do about it, in the words of the documentation.
enum HelpPage {
    static func list(_ visit: Visit) throws -> ConsoleResponse {
        let rows: [[HTML]] = AlarmCode.allCases.map { code in
            ["<a href=\"/help/\(code.rawValue)\">\(code.rawValue)</a>", Parts.words(code.definition.meaning)]
        }
        let body: HTML = "<h1>Help</h1>\n\(Parts.table("Alarms", ["Code", "What it means"], rows))"
        return Frame.response(visit, Page("Help", body))
    }

    static func show(_ visit: Visit) throws -> ConsoleResponse {
        let code = (visit.values["code"] ?? "").uppercased()
        if let alarm = AlarmCode(rawValue: code) {
            let definition = alarm.definition
            let body: HTML = """
                <h1>\(code)</h1>
                <p>\(Parts.words(definition.meaning))</p>
                <h2>What to do</h2><p>\(Parts.words(definition.fix))</p>
                <h2>When</h2><p>\(Parts.words(definition.levels))</p>
                <p>\(alarm.canBeSnoozed ? "It can be snoozed for a while, with a reason." : "It cannot be snoozed.")</p>
                <p><a href="/help">All alarms</a></p>
                """
            return Frame.response(visit, Page("\(code) – Help", body))
        }
        guard let blame = DiagnosticCatalogue.entries[code] else { throw Visit.notFound }
        let body: HTML = """
            <h1>\(code)</h1>
            <p>\(words(blame))</p>
            <p>Where it occurs, its own words say what happened and what to do.</p>
            <p><a href="/help">All alarms</a></p>
            """
        return Frame.response(visit, Page("\(code) – Help", body))
    }

    private static func words(_ blame: Blame) -> String {
        switch blame {
        case .file: "Something is wrong with the file as its sender wrote it. It is set aside; a newer file is read as ever."
        case .copy: "Our copy of a file is gone or damaged. It is fetched again."
        case .shop: "The shop, or something between us and it, does not do what it should. The work waits and is tried again."
        case .shopCredential: "The shop refuses our credential, or the credential lacks a right."
        case .endpoint: "The server of the files does not do what it should. The work waits and is tried again."
        case .endpointCredential: "The server of the files refuses our account."
        case .hostKey: "The server of the files shows another identity than the one that was pinned."
        case .machine: "Something of this machine: disk, memory, ledger or another process."
        case .settings: "Something of the settings, a profile or a secret."
        case .operator: "What was asked for cannot be done as things are. Nothing was changed."
        case .program: "A fault of the program. Report it with the run’s number."
        }
    }
}
