import Domain
import Foundation
import Glibc

/// A settings file whose text is exchanged at once, with its owner and rights; a link stays one.
struct SettingsReplacement {
    let path: String
    /// The text that the new one was made from.
    let from: String

    /// - Parameter proves: whether the new file reads as it is meant to.
    /// - Throws: `SETTINGS-WRITE`; the file is as it was then.
    func write(_ text: String, proves: (SettingNode) -> Bool) throws {
        guard
            let place = realpath(path, nil).map({ place in
                defer { free(place) }
                return String(cString: place)
            })
        else { throw failure("it is not there") }
        let folder = open(URL(fileURLWithPath: place).deletingLastPathComponent().path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw failure(String(cString: strerror(errno))) }
        defer { close(folder) }
        // Two who change it at once take turns, and the second one finds that it was changed.
        while flock(folder, LOCK_EX) != 0, errno == EINTR {}
        guard try OwnFile.content(place).map({ String(decoding: $0, as: UTF8.self) }) == from else {
            throw failure("somebody else changed it meanwhile: do it again")
        }
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: place) else { throw failure("it cannot be read") }
        let kept = attributes.filter { [.posixPermissions, .ownerAccountID, .groupOwnerAccountID].contains($0.key) }
        let fresh = "\(place).new"
        guard FileManager.default.createFile(atPath: fresh, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600]) else {
            throw failure(String(cString: strerror(errno)))
        }
        do {
            try FileManager.default.setAttributes(kept, ofItemAtPath: fresh)
            guard proves(try SettingsFile.load(fresh)) else { throw failure("what would be written does not read as it is meant to") }
            let number = open(fresh, O_RDONLY | O_CLOEXEC)
            guard number >= 0 else { throw failure(String(cString: strerror(errno))) }
            let isFlushed = fsync(number) == 0
            close(number)
            guard isFlushed, rename(fresh, place) == 0 else { throw failure(String(cString: strerror(errno))) }
            _ = fsync(folder)
        } catch {
            unlink(fresh)
            throw error as? Diagnostic ?? failure("\(error)")
        }
    }

    private func failure(_ reason: String) -> Diagnostic {
        Diagnostic(
            "SETTINGS-WRITE", "the settings file cannot be changed: \(Escaped(reason, limit: 200))", at: .init(file: path),
            fix: "check the rights on the file and its folder and the space on the disk; an installed shop's settings are root's: use sudo")
    }
}
