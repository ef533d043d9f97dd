package import Domain
import Glibc
import StateStore

extension LeaseHolder {
    /// Everything that this process holds, through whichever object.
    private static let heldHere = HeldTokens(isKnown: true)

    /// This process, as the machine knows it. Another that it can see is judged by whether it still runs; of the rest only time can tell.
    package static func thisProcess(_ timeline: Timeline) -> LeaseHolder {
        let identity = ProcessIdentity.own(timeline)
        var holder = LeaseHolder(name: identity.name, clock: identity.clock, held: heldHere) { row in
            ProcessIdentity(name: row.holder).map { identity.standing(of: $0) } ?? .unseen
        }
        holder.pulse = .machine
        return holder
    }
}

/// What tells a process from every other: on which machine, since which start of it, in which namespace, its number there, and
/// when it began. A number alone comes again within hours, and in a container it is always the same.
struct ProcessIdentity: Hashable, Sendable {
    var machine: String
    /// Changes with every start of the machine.
    var boot: String
    /// Numbers mean something only within it.
    var namespace: String
    /// Of the clocks: a container may have its own.
    var timeNamespace: String
    var number: Int32
    /// In ticks since the machine's start; `-` where /proc does not say.
    var start: String

    /// The processes with which uptimes can be compared.
    var clock: String { "\(boot) \(timeNamespace)" }

    var name: String { [machine, boot, namespace, timeNamespace, "\(number)", start].joined(separator: " ") }

    init?(name: String) {
        let parts = name.split(separator: " ").map(String.init)
        guard parts.count == 6, let number = Int32(parts[4]) else { return nil }
        (machine, boot, namespace, timeNamespace, self.number, start) = (parts[0], parts[1], parts[2], parts[3], number, parts[5])
    }

    private init(machine: String, boot: String, namespace: String, timeNamespace: String, number: Int32, start: String) {
        (self.machine, self.boot, self.namespace, self.timeNamespace) = (machine, boot, namespace, timeNamespace)
        (self.number, self.start) = (number, start)
    }

    static func own(_ timeline: Timeline) -> ProcessIdentity {
        // Where the machine does not say, nobody may take this process for one of its own.
        let unknown = "unknown-" + timeline.randomHex(byteCount: 8)
        return ProcessIdentity(
            machine: word("/etc/machine-id") ?? "-",
            boot: word("/proc/sys/kernel/random/boot_id")?.replacing("-", with: "") ?? bootOfManager ?? unknown,
            namespace: link("/proc/self/ns/pid") ?? unknown, timeNamespace: link("/proc/self/ns/time") ?? "-", number: getpid(),
            start: hasOwnProc ? start(of: "self")?.start ?? "-" : "-")
    }

    /// A unit whose /proc shows processes only is told by systemd.
    private static var bootOfManager: String? {
        guard let text = getenv("TALLYMAN_BOOT_ID").map({ String(cString: $0) }), text.count == 32, text.allSatisfy(\.isHexDigit) else { return nil }
        return text
    }

    /// What can be told of another by looking.
    func standing(of other: ProcessIdentity) -> HolderStanding {
        guard other.boot == boot, other.namespace == namespace else { return .unseen }
        guard kill(other.number, 0) == 0 || errno == EPERM else { return .dead }
        // The number is in use. By whom, only the time of its start tells; it is told in the reader's own time.
        guard Self.hasOwnProc, other.timeNamespace == timeNamespace, other.start != "-", let found = Self.start(of: "\(other.number)")
        else { return .unseen }
        return found.start == other.start && !found.hasEnded ? .alive : .dead
    }

    /// Whether /proc shows the processes of this namespace. In one that was made without mounting it anew it shows the outer one's.
    private static var hasOwnProc: Bool { link("/proc/self") == "\(getpid())" }

    /// The 22nd value of /proc/N/stat. The name before it is in brackets and may hold anything.
    private static func start(of process: String) -> (start: String, hasEnded: Bool)? {
        guard let content = try? OwnFile.content("/proc/\(process)/stat"), let end = content.lastIndex(of: 0x29) else { return nil }
        let values = String(decoding: content[(end + 1)...], as: UTF8.self).split(separator: " ")
        guard values.count > 19 else { return nil }
        return (String(values[19]), values[0] == "Z" || values[0] == "X")
    }

    private static func word(_ path: String) -> String? {
        guard let content = try? OwnFile.content(path) else { return nil }
        let text = String(decoding: content.prefix { $0 > 0x20 }, as: UTF8.self)
        return text.isEmpty ? nil : text
    }

    private static func link(_ path: String) -> String? {
        var target = [CChar](repeating: 0, count: 256)
        let count = readlink(path, &target, target.count)
        return count > 0 ? String(decoding: target[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }
}
