import ArgumentParser
import Domain
import Formats
import Foundation
import StateStore

/// What a shell offers behind a command: names from the settings, numbers from the ledger. It changes nothing, and where there are no
/// settings it offers nothing.
enum Suggestions {
    static let flows = CompletionKind.custom { words, _, _ in (try? settings(words))?.flowNames ?? [] }

    static let servers = CompletionKind.custom { words, _, _ in
        ((try? settings(words))?.root["endpoints"]?.map ?? []).filter { $0.node["sftp"] != nil }.map(\.key)
    }

    static let profiles = CompletionKind.custom { words, _, _ in
        let folders = (try? settings(words))?.profileFolders ?? [InstalledData.profiles(ProcessInfo.processInfo.environment)]
        return ProfileCatalogue(folders: folders).names
    }

    static let runs = CompletionKind.custom { words, _, _ in
        read(words) { try $0.recentRuns(flow: nil, limit: 50).map { "\($0.id)" } }
    }

    static let heldRuns = CompletionKind.custom { words, _, _ in
        read(words) { try $0.recentRuns(flow: nil, limit: 500).filter { $0.state == .held }.map { "\($0.id)" } }
    }

    static let errors = CompletionKind.custom { words, _, _ in read(words) { try $0.errors(limit: 200).map { "\($0.id)" } } }

    static let settingsFiles = CompletionKind.file(extensions: ["yaml", "yml"])

    /// The settings that the line typed so far names.
    private static func settings(_ words: [String]) throws -> Settings {
        let environment = ProcessInfo.processInfo.environment
        let named = words.firstIndex { $0 == "--settings" || $0 == "-s" }.map { words.index(after: $0) }.flatMap {
            words.indices.contains($0) ? words[$0] : nil
        }
        return try Settings(path: named ?? CommonOptions.standardSettings(environment), environment: environment)
    }

    /// Only a ledger that is there: a key pressed in a shell makes none.
    private static func read(_ words: [String], _ body: (LedgerReader) throws -> [String]) -> [String] {
        guard let place = (try? settings(words)).map({ LedgerPlace(folder: $0.stateFolder) }),
            access(place.path, R_OK | W_OK) == 0, let ledger = try? place.open()
        else { return [] }
        return (try? ledger.read(body)) ?? []
    }
}
