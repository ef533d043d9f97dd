import Glibc

/// Users of this machine by name.
enum ProcessUser {
    /// The name of a user; its number where the machine knows no name.
    static func name(_ id: uid_t) -> String {
        guard let entry = getpwuid(id) else { return "\(id)" }
        return String(cString: entry.pointee.pw_name)
    }
}
