import Domain
import Endpoints
import Foundation
import Glibc
import Synchronization
import TestKit
import Testing

/// One conversation, harmed at each of its packets: a file is taken and archived, another one is placed. With `TALLYMAN_PACKETS=all` at every packet; otherwise
/// at some, each kind of harm at other ones.
@Suite(.enabled(if: PacketHarm.isPresent, "needs /usr/bin/python3 and OpenSSH's sftp-server"))
struct PacketHarmTests {
    private static let idle = Duration.seconds(2)
    private static let all = ProcessInfo.processInfo.environment["TALLYMAN_PACKETS"] == "all"

    struct Harm: Sendable, CustomTestStringConvertible {
        var kind: PacketHarm.Kind
        var direction: PacketHarm.Direction
        var transport: SFTPSettings.Transport

        var testDescription: String { "\(direction.rawValue) \(kind.rawValue) by \(transport.rawValue)" }

        /// What a request says is protected by SSH; a server may answer anything.
        static let all = SFTPSettings.Transport.allCases.flatMap { transport in
            PacketHarm.Kind.allCases.map { Harm(kind: $0, direction: .answers, transport: transport) }
                + [.cut, .half, .late, .silent].map { Harm(kind: $0, direction: .requests, transport: transport) }
        }
    }

    /// What is taken, archived and placed, and where it has got to: as the program keeps it in its ledger.
    private final class Work: Sendable {
        let taken = SeededRandom.content(50_000)
        let placed = SeededRandom.content(40_000)
        let spool: Spool
        let keeping = TemporaryFolder()
        private let state = Mutex((received: (RemoteFile, SpooledFile)?.none, isArchived: false, isRenaming: false, isPlaced: false))
        private let lastSign = Mutex(ContinuousClock.now)
        let silence = Mutex(Duration.zero)

        init() throws { spool = try Spool(folder: keeping.path, timeline: .system) }

        var isDone: Bool { state.withLock { $0.isArchived && $0.isPlaced } }

        func perform(_ session: any EndpointSession) throws {
            sign()
            do { try steps(session) } catch {
                silence.withLock { $0 = max($0, lastSign.withLock { $0.duration(to: .now) }) }
                throw error
            }
        }

        private func sign() { lastSign.withLock { $0 = .now } }

        private func steps(_ session: any EndpointSession) throws {
            let path = RemotePath(folder: "in", name: "STOCK.csv")
            if state.withLock({ $0.received }) == nil {
                var seen: RemoteFile?
                try session.list(folder: "in") { if $0.name == path.name { seen = $0 } }
                sign()
                guard let seen else { throw ConformanceFailure(description: "the file is lost") }
                let held = try spool.receive(seen, at: path, session: session)
                state.withLock { $0.received = (seen, held) }
                sign()
            }
            if let (seen, held) = state.withLock({ $0.received }), !state.withLock({ $0.isArchived }) {
                let effect = try AfterReading.move(folder: "archive", naming: .keep).perform(
                    on: path, file: seen, hash: held.hash, session: session)
                // An answer that lost its end may show another time than the file's: it is looked at again.
                state.withLock { $0.isArchived = effect != .replacedSince }
                sign()
            }
            if !state.withLock({ $0.isPlaced }) { try place(session) }
        }

        private func place(_ session: any EndpointSession) throws {
            let (temporary, final) = (RemotePath(folder: "out", name: "ORD.tmp"), RemotePath(folder: "out", name: "ORD.csv"))
            var isPending = true
            if state.withLock({ $0.isRenaming }) {
                let settlement = try session.settleRename(temporary, to: final, size: Int64(placed.count))
                isPending = settlement == .pending
            } else {
                try session.remove(temporary)
                try session.put(temporary, placed)
                state.withLock { $0.isRenaming = true }
            }
            sign()
            if isPending { try session.rename(temporary, to: final) }
            state.withLock { $0.isPlaced = true }
            sign()
        }
    }

    @Test(arguments: Harm.all)
    func `F3 F4 F5 F8 F13 a conversation harmed at any packet loses, shortens and doubles no file, ends in time and leaves nothing open`(_ harm: Harm)
        async throws
    {
        let packets = try PacketHarm()
        let home = packets.server.home
        let stride = Self.all ? 1 : harm.kind == .silent ? 17 : 11
        var number = Self.all ? 0 : Harm.all.firstIndex { $0.testDescription == harm.testDescription }.map { $0 % stride } ?? 0
        var harmed = 0
        while true {
            let work = try Work()
            prepare(home, work)
            packets.order(harm.kind, harm.direction, number)
            let endpoint = try SFTPEndpoint.to(
                packets.server, deadlines: .init(connect: .seconds(20), idle: Self.idle), transport: harm.transport)

            var attempts = 0
            var said: [String] = []
            while !work.isDone, attempts < 4 {
                attempts += 1
                do { try await endpoint.withSession { try work.perform($0) } } catch let failure as Diagnostic {
                    said.append(failure.code)
                    #expect(failure.kind != .unauthorised && !failure.fix.isEmpty, "\(failure)")
                }
            }

            let place = "packet \(number), \(said)"
            #expect(work.isDone, "\(place)")
            #expect(work.silence.withLock { $0 } < Self.idle + .seconds(1), "\(place)")
            #expect(home.names(in: "in") == [], "\(place)")
            #expect(home.names(in: "archive") == ["STOCK.csv"] && home.read("archive/STOCK.csv") == work.taken, "\(place)")
            #expect(home.names(in: "out") == ["ORD.csv"] && home.read("out/ORD.csv") == work.placed, "\(place)")
            #expect(work.keeping.names() == [ContentHash(of: work.taken).hex], "\(place)")
            #expect(OpenConnections.count(to: packets.server.port) == 0, "\(place)")
            guard packets.hasStruck else { break }
            harmed += 1
            number += stride
        }
        #expect(harmed >= 20 / stride, "the conversation has few packets")
    }

    @Test func `no descriptor is left behind by conversations that were cut, silent or malformed`() async {
        await #expect(processExitsWith: .success) {
            func open() -> Int { FileManagerNames.count("/proc/self/fd") }
            let packets = try PacketHarm()
            packets.server.home.write("STOCK.csv", SeededRandom.content(50_000))
            let endpoints = try SFTPSettings.Transport.allCases.map {
                try SFTPEndpoint.to(packets.server, deadlines: .init(connect: .seconds(20), idle: .seconds(2)), transport: $0)
            }
            var before: Int?
            for kind in [PacketHarm.Kind.late, .cut, .half, .kind, .number, .silent] {
                for endpoint in endpoints {
                    packets.order(kind, .answers, kind == .silent ? 3 : 4)
                    try? await endpoint.withSession { session in
                        _ = try session.content(of: RemotePath(folder: "", name: "STOCK.csv"))
                    }
                }
                // What the first sessions open for good is not theirs.
                if let before { precondition(open() == before, "\(before) descriptors became \(open()) after \(kind)") }
                before = before ?? open()
            }
        }
    }

    private func prepare(_ home: TemporaryFolder, _ work: Work) {
        for folder in ["in", "out", "archive"] {
            for name in home.names(in: folder) { unlink("\(home.path)/\(folder)/\(name)") }
            mkdir("\(home.path)/\(folder)", 0o755)
            if SSHServer.isIsolated { chown("\(home.path)/\(folder)", 4711, 4711) }
        }
        home.write("in/STOCK.csv", work.taken)
        if SSHServer.isIsolated { chown("\(home.path)/in/STOCK.csv", 4711, 4711) }
    }
}

/// The sockets and programs of this process that lead to a port of the loopback.
enum OpenConnections {
    static func count(to port: Int) -> Int {
        let text = String(decoding: TemporaryFolder.content(of: "/proc/self/net/tcp") ?? [], as: UTF8.self)
        let wanted = ":" + String(repeating: "0", count: 4 - String(port, radix: 16).count) + String(port, radix: 16).uppercased()
        let ours = text.split(separator: "\n").dropFirst().filter { line in
            let fields = line.split(separator: " ")
            // A socket that only waits out its last packets belongs to nobody any more.
            return fields.count > 9 && fields[2].hasSuffix(wanted) && fields[9] != "0"
        }
        let programs = ProcessTree.descendants(of: getpid()).filter { $0.command.contains("-p \(port) ") }
        return ours.count + programs.count
    }
}
