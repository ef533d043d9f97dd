import ArgumentParser
import Domain
import Foundation

/// Plays histories of the simulated world and says which of them broke a promise.
@main
struct Simulation: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulation",
        abstract: "Play random histories of senders, shop, machine and operators against the whole program, and judge how they end.")

    @Option(help: "The first seed.") var from: UInt64 = 1
    @Option(help: "How many histories to play.") var count = 3000
    @Option(help: "Play only every so-manieth history, to share the work.") var stride: UInt64 = 1
    @Option(help: "Play for so many minutes instead of a number of histories.") var minutes: Double?
    @Option(help: "Stop after so many findings.") var most = 5
    @Flag(help: "Shorten the stories of what is found and tell them.") var tell = false
    @Flag(help: "Print every crossing of every process instead of judging.") var trail = false
    @Option(help: "The project's folder, for its profiles.") var project = FileManager.default.currentDirectoryPath

    func run() throws {
        let memory = FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()
        let base = "\(memory)/simulation-\(getpid())"
        defer { try? FileManager.default.removeItem(atPath: base) }
        let kit = try WorldKit(project: project, base: base)
        let end = minutes.map { Date().addingTimeInterval($0 * 60) }
        var played = 0
        var found = 0
        var counts = Player.Counts()
        var seed = from
        while (end.map { Date() < $0 } ?? (seed < from + UInt64(count))) && found < most {
            let player = try Player(Storyteller.story(seed: seed), kit: kit)
            let findings = player.play()
            if trail { say("seed \(seed)\n\(player.trail)") }
            counts.add(player.counts)
            played += 1
            if !trail, !findings.isEmpty {
                found += 1
                try report(seed, findings, kit)
            }
            seed += stride
        }
        for (kind, count) in counts.moves.sorted(by: { $0.key < $1.key }) { say("move \(kind): \(count)") }
        say("processes \(counts.processes), crossings \(counts.crossings), kills \(counts.kills), files \(counts.files)")
        say("histories \(played), findings \(found)")
        if found > 0 { throw ExitCode(1) }
    }

    /// At once, also into a file that somebody follows.
    private func say(_ text: String) {
        print(text)
        fflush(nil)
    }

    private func report(_ seed: UInt64, _ findings: [Finding], _ kit: WorldKit) throws {
        say("seed \(seed): \(findings.map { "\($0.promise.rawValue): \($0.text)" }.joined(separator: "; "))")
        say("  again: make story SEED=\(seed)")
        guard tell else { return }
        let short = try Shortener(kit: kit).shorten(Storyteller.story(seed: seed), keeping: findings[0].promise)
        say(short.words)
        let player = try Player(short, kit: kit)
        let findings = player.play()
        for line in player.books { say("  books: \(line)") }
        for finding in findings { say("  ends with \(finding.promise.rawValue): \(finding.text)") }
    }
}
