package import Domain
import Glibc

extension LeaseHolder {
    /// This process, by its number and a mark that no other process with the same number has. Another holder lives as long
    /// as its process does, where that can be told; elsewhere only time decides.
    package static func thisProcess(_ timeline: Timeline) -> LeaseHolder {
        let name = "\(getpid()) \(timeline.randomHex(byteCount: 4))"
        return LeaseHolder(name: name) { holder in
            guard let number = holder.split(separator: " ").first.flatMap({ pid_t($0) }) else { return true }
            return holder == name || kill(number, 0) == 0 || errno == EPERM
        }
    }
}
