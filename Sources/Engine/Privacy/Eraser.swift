package import Domain
package import Endpoints
import Formats
import Foundation
package import StateStore

/// Forgets a person: what the ledger, the spool and the reject files hold of him. Books stay balanced and counts stay what they
/// were. Safe to repeat, and to stop anywhere: the ledger's part is one transaction, files go one by one.
package struct Eraser: Sendable {
    package struct Result: Hashable, Sendable {
        /// The orders that were the person's, and other documents with what they are.
        package var orders: [String] = []
        package var count = ErasureCount()
        package var filesRemoved: [String] = []
        /// Files that an open run or a waiting record of somebody else still reads, with their names.
        package var filesKept: [String] = []
        /// Where copies may be that are not ours to change: names of files at endpoints.
        package var elsewhere: [String] = []
        /// Whether the ledger's file holds none of the bytes any more. Otherwise another process still reads in it.
        package var isFileClean = true
    }

    package enum Purpose: Hashable, Sendable { case look, erase }

    private let ledger: Ledger
    private let spool: Spool
    private let rejectFolder: String
    private let timeline: Timeline
    /// Flows whose files tell of people.
    private let flows: Set<String>

    package init(ledger: Ledger, spool: Spool, rejectFolder: String, flows: Set<String>, timeline: Timeline) {
        self.ledger = ledger
        self.spool = spool
        self.rejectFolder = rejectFolder
        self.flows = flows
        self.timeline = timeline
    }

    /// - Parameter record: writes the tombstone, in the transaction that forgets.
    package func erase(
        _ wanted: Erasure, _ purpose: Purpose, record: (LedgerWriter, Result) throws -> Void
    ) throws -> Result {
        var result = Result()
        var erasure = wanted
        erasure.documents = try documents(holding: wanted.needles)
        result.orders =
            wanted.orders.map(\.text)
            + erasure.documents.map { document in
                document.entity == "orders" ? document.key.text : "\(document.entity) \(document.key.text)"
            }
        let files = try spoolFiles(erasure)
        let rejects = try rejectFiles(erasure)
        result.elsewhere = Array(Set(files.flatMap(\.names))).sorted()
        guard purpose == .erase else {
            result.filesKept = files.flatMap(\.names) + rejects
            return result
        }
        let runs = try ledger.read { try $0.runs(touching: erasure) }
        let found = result
        result.count = try ledger.write(.erasure) { writer in
            var count = try writer.erase(erasure)
            count.mails += try writer.eraseMails(ofRuns: runs)
            try record(writer, found)
            try writer.noteUnclean(at: timeline.now())
            return count
        }
        for file in files {
            if try ledger.read({ try $0.isNeeded(file.hash) }) {
                result.filesKept += file.names
            } else {
                try spool.remove(file.hash)
                result.filesRemoved += file.names
            }
        }
        for path in rejects {
            guard unlink(path) == 0 || errno == ENOENT else {
                throw Diagnostic("ERASE-FILE", "a reject file cannot be removed", at: .init(file: path), fix: "remove it by hand, then erase again")
            }
            result.filesRemoved.append(path)
        }
        result.isFileClean = try ledger.scrub()
        return result
    }

    // MARK: Finding

    private struct Held {
        var hash: ContentHash
        var names: [String]
    }

    /// Documents whose own part of an outbound file holds the text.
    private func documents(holding needles: [[UInt8]]) throws -> [Erasure.Document] {
        guard !needles.isEmpty else { return [] }
        var found: Set<Erasure.Document> = []
        for (hash, deliveries) in try held() where deliveries.contains(where: { $0.origin == .outbox }) {
            let path = spool.path(of: hash)
            guard try Self.file(path, holds: needles) else { continue }
            let bytes = try DeliveryBytes(path: path)
            for delivery in deliveries where delivery.origin == .outbox {
                for (document, origins) in try ledger.read({ try $0.places(in: delivery.id) }) {
                    let isTheirs = try origins.contains { origin in
                        let part = try bytes.bytes(at: origin.offset, count: origin.length).lowered
                        return needles.contains { part.holds($0) }
                    }
                    if isTheirs { found.insert(document) }
                }
            }
        }
        return found.sorted { ($0.entity, $0.key) < ($1.entity, $1.key) }
    }

    private func spoolFiles(_ erasure: Erasure) throws -> [Held] {
        try held().compactMap { hash, deliveries in
            // A number of eight digits is in many files of figures; only files that tell of people are meant.
            let isPersonal = deliveries.contains { flows.contains($0.flow) }
            let needles = erasure.needles + (isPersonal ? erasure.orderNeedles : [])
            guard try Self.file(spool.path(of: hash), holds: needles) else { return nil }
            return Held(hash: hash, names: deliveries.map { "\($0.folder)/\($0.displayName)" })
        }
    }

    private func held() throws -> [(ContentHash, [Delivery])] {
        let names = try FileManager.default.contentsOfDirectory(atPath: spool.folder).sorted()
        return try names.compactMap { ContentHash(hex: $0) }.map { hash in (hash, try ledger.read { try $0.deliveries(hash: hash) }) }
    }

    private func rejectFiles(_ erasure: Erasure) throws -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: rejectFolder)) ?? []
        return try names.sorted().map { "\(rejectFolder)/\($0)" }.filter {
            try Self.file($0, holds: erasure.needles + erasure.orderNeedles)
        }
    }

    /// Whether a file holds one of the texts, unpacked, whatever the case of its letters. Memory does not grow with the file; one
    /// that has gone meanwhile holds nothing.
    private static func file(_ path: String, holds needles: [[UInt8]]) throws -> Bool {
        let longest = needles.map(\.count).max() ?? 0
        guard longest > 0, FileManager.default.fileExists(atPath: path) else { return false }
        var tail: [UInt8] = []
        func isIn(_ window: [UInt8]) -> Bool {
            let searched = tail + window.lowered
            tail = Array(searched.suffix(longest - 1))
            return needles.contains { searched.holds($0) }
        }
        if try GzipContent.isPacked(path) {
            var packed = try GzipContent(path: path)
            while let window = try packed.next() { if isIn(window) { return true } }
            return false
        }
        var source = try FileByteSource(path: path)
        var window = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = try window.withUnsafeMutableBytes { try source.read(into: $0) }
            if count == 0 { return false }
            if isIn(Array(window[..<count])) { return true }
        }
    }
}

extension [UInt8] {
    /// ASCII letters in lower case; what lies beyond ASCII stays.
    fileprivate var lowered: [UInt8] { map { (0x41...0x5A).contains($0) ? $0 + 32 : $0 } }

    fileprivate func holds(_ needle: [UInt8]) -> Bool {
        guard !needle.isEmpty, needle.count <= count else { return false }
        return Data(self).range(of: Data(needle)) != nil
    }
}
