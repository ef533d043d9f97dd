// Where its `timespec` is declared once a library that uses Dispatch is among the imports of this target.
import CDispatch
import Domain
import Foundation
import Glibc
import Synchronization
import TestKit

/// An ERP that uses one name for every file it writes. Each file is as long as the one before.
///
/// It knows what it did: which files it put under the name, and which of them it wrote over itself. Whatever it did not write over
/// must have reached us.
final class Sender: Sendable {
    enum Manner: String, CaseIterable, Sendable {
        /// The next file only once the name is free.
        case patient
        /// A finished file is renamed over the one that is there.
        case renamesOver
        /// The file that is there is opened and written anew.
        case writesOver
    }

    private struct State {
        var written = 0
        var replaced: Set<Int> = []
        var random: SeededRandom
    }

    let folder: String
    let name: String
    private let manners: [Manner]
    private let time: @Sendable () -> Int
    private let limit: Int
    private let state: Mutex<State>

    /// - Parameters:
    ///   - time: the second that the next file shows as its time.
    ///   - limit: how many files it writes.
    init(
        folder: String, name: String = "STOCK.csv", manners: [Manner], limit: Int, seed: UInt64, time: @escaping @Sendable () -> Int
    ) {
        (self.folder, self.name, self.manners, self.limit, self.time) = (folder, name, manners, limit, time)
        state = Mutex(State(random: SeededRandom(seed: seed)))
    }

    var written: Int { state.withLock { $0.written } }
    var isDone: Bool { written >= limit }
    /// Files that the sender itself wrote over before or after anybody read them.
    var replaced: Set<Int> { state.withLock { $0.replaced } }

    static func sku(_ number: Int) -> String { "V" + String(String(100_000 + number).dropFirst()) }

    static func content(_ number: Int) -> [UInt8] { World.file([World.line(sku(number), "1")]) }

    private var path: String { "\(folder)/\(name)" }

    /// Which of its files is under the name now.
    var present: Int? {
        guard let bytes = FileManager.default.contents(atPath: path),
            let line = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n").last
        else { return nil }
        return Int(line.dropFirst().prefix(5))
    }

    /// Writes the next file, unless its manner of the moment is to wait.
    func act() {
        state.withLock { state in
            guard state.written < limit, let manner = manners.randomElement(using: &state.random) else { return }
            let there = present
            if manner == .patient, there != nil { return }
            let number = state.written
            if let there { state.replaced.insert(there) }
            let target = manner == .writesOver ? path : "\(path).tmp"
            write(Self.content(number), to: target)
            if target != path { rename(target, path) }
            state.written += 1
        }
    }

    private func write(_ bytes: [UInt8], to target: String) {
        let file = open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        _ = Glibc.write(file, bytes, bytes.count)
        close(file)
        let moment = Date(timeIntervalSince1970: Double(time()))
        try? FileManager.default.setAttributes([.modificationDate: moment], ofItemAtPath: target)
    }
}
