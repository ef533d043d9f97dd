package import Domain

/// The diagnostics of this target, worded in one place. `place` names the endpoint, as in `erp`.
package enum EndpointFault {
    package static func unsafeName(_ path: RemotePath) -> Diagnostic {
        Diagnostic(
            "NAME-UNSAFE",
            "The name \(Escaped(path.name)) could lead out of its folder",
            at: .init(file: path.description),
            fix: "Rename the file at its source: no slash, backslash or NUL, and neither . nor .."
        )
    }

    /// What a refused operation needs, for the fix (F17).
    package enum Operation: String, Sendable {
        case list, read, create, write, rename, remove
        case look = "look at"
        case makeFolder = "make the folder"

        package var rightNeeded: String {
            switch self {
            case .list: "read and search (r-x) on the folder"
            case .look: "search (x) on every folder of the path"
            case .read: "read (r) on the file and search (x) on its folder"
            case .create, .write: "write and search (wx) on the folder"
            case .rename: "write and search (wx) on both folders"
            case .remove: "write and search (wx) on the folder"
            case .makeFolder: "write and search (wx) on the folder above"
            }
        }
    }

    package static func denied(_ operation: Operation, _ path: String, at place: String) -> Diagnostic {
        Diagnostic(
            "PERMISSION-DENIED",
            "\(place) does not let us \(operation.rawValue) \(path)",
            at: .init(file: path),
            fix: "Ask for the right: \(operation.rightNeeded)"
        )
    }

    package static func missing(_ operation: Operation, _ path: String, at place: String) -> Diagnostic {
        Diagnostic(
            "FILE-MISSING",
            "\(path) is not there (any more) at \(place): could not \(operation.rawValue) it",
            at: .init(file: path),
            fix: "Somebody else moved or removed it; list again"
        )
    }

    package static func missingFolder(_ folder: String, at place: String) -> Diagnostic {
        Diagnostic(
            "FOLDER-MISSING",
            "There is no folder \(folder) at \(place)",
            at: .init(file: folder),
            fix: "Create it there, or correct the folder in the settings (relative paths start at the account's home)"
        )
    }

    package static func mountAway(_ mount: String, at place: String) -> Diagnostic {
        Diagnostic(
            "MOUNT-AWAY",
            "\(place): nothing is mounted on \(Escaped(mount)). The share is not there now, and the folder below it was not looked at",
            at: .init(file: mount),
            fix: "Mount it (mount \(Escaped(mount)), or start its unit) and see whether its server answers; tried again at the next run",
            kind: .transient
        )
    }

    package static func notFolder(_ folder: String, kind: RemoteFile.Kind, at place: String) -> Diagnostic {
        Diagnostic(
            "FOLDER-EXPECTED",
            "\(folder) at \(place) is a \(kind.word), not a folder",
            at: .init(file: folder),
            fix: "Name the real folder in the settings; links are not followed"
        )
    }

    package static func notRegular(_ path: String, kind: RemoteFile.Kind, at place: String) -> Diagnostic {
        Diagnostic(
            "FILE-NOT-REGULAR",
            "\(path) at \(place) is a \(kind.word), not a regular file",
            at: .init(file: path),
            fix: "Put the file itself there; links, pipes and devices are never read"
        )
    }

    package static func targetExists(_ path: String, at place: String) -> Diagnostic {
        Diagnostic(
            "TARGET-EXISTS",
            "\(path) exists already at \(place); nothing was overwritten",
            at: .init(file: path),
            fix: "Compare the two, then move or remove the one that is wrong"
        )
    }

    package static func writeFailed(_ path: String, written: Int, of total: Int, reason: String, at place: String) -> Diagnostic {
        Diagnostic(
            "WRITE-FAILED",
            "\(place) took \(written) of \(total) bytes of \(path), then refused: \(reason)",
            at: .init(file: path),
            fix: "Check the free space and quota there; the partial file was removed and the same file will be sent again",
            kind: .transient
        )
    }

    package static func sizeDiffers(_ path: String, expected: Int64, found: Int64, at place: String) -> Diagnostic {
        Diagnostic(
            "SIZE-DIFFERS",
            "\(path) at \(place) has \(found) bytes where \(expected) were expected",
            at: .init(file: path),
            fix: "Tried again at the next look; if it stays, find out who else writes there",
            kind: .transient
        )
    }

    package static func taken(_ path: String, at place: String) -> Diagnostic {
        Diagnostic(
            "FILE-TAKEN",
            "\(path) was written whole at \(place) and was gone as it was closed",
            at: .init(file: path),
            fix: "Somebody takes files from that folder as they are closed: it is not sent again. Ask its owner whether the file arrived"
        )
    }

    package static func lost(
        _ operation: Operation,
        _ path: String,
        reason: String,
        at place: String,
        kind: FailureKind
    ) -> Diagnostic {
        Diagnostic(
            "ENDPOINT-LOST",
            "The connection to \(place) ended when we wanted to \(operation.rawValue) \(path): \(reason)",
            at: .init(file: path),
            fix: kind == .ambiguous
                ? "It may or may not be there: look before it is sent again"
                : "Tried again at the next run; if it stays, look into the server's log and the line between",
            kind: kind
        )
    }

    package static func unknownRename(_ path: String, _ target: String, reason: String, at place: String) -> Diagnostic {
        Diagnostic(
            "RENAME-UNKNOWN",
            "\(place) may or may not have renamed \(path) to \(target): \(reason), and looking failed too",
            at: .init(file: target),
            fix: "Settled by looking at the next run; nothing is sent twice meanwhile",
            kind: .ambiguous
        )
    }

    package static func changed(_ path: RemotePath, _ what: String) -> Diagnostic {
        Diagnostic(
            "FILE-CHANGED",
            "\(path) changed while we took it: \(what)",
            at: .init(file: path.description),
            fix: "It is taken whole at a later look; lengthen settle if the sender writes slowly",
            kind: .transient
        )
    }

    package static func sizeUntrue(_ path: RemotePath, said: Int64, count: Int64) -> Diagnostic {
        Diagnostic(
            "FILE-SIZE-UNTRUE",
            "\(path) has \(said) bytes as the server says, before and after it was read, and gives \(count)",
            at: .init(file: path.description),
            fix: "It waits, and other files are taken. Ask the server's owner why sizes and contents differ: text that is converted on the way, or a "
                + "store that packs what it holds"
        )
    }

    package static func tooLarge(_ path: RemotePath, size: Int64, cap: Int64) -> Diagnostic {
        Diagnostic(
            "FILE-TOO-LARGE",
            "\(path) has at least \(size) bytes; the limit is \(cap)",
            at: .init(file: path.description),
            fix: "Raise max_file_size of the flow if files of this size are expected"
        )
    }

    package static func slow(_ path: RemotePath, count: Int64, of size: Int64) -> Diagnostic {
        Diagnostic(
            "FILE-SLOW",
            "\(path) came too slowly: \(count) of \(size) bytes, then its time was over",
            at: .init(file: path.description),
            fix: "Look into the server and the line between; the file is fetched again at the next run",
            kind: .transient
        )
    }

    package static func failed(
        _ operation: Operation,
        _ path: String,
        reason: String,
        at place: String,
        kind: FailureKind = .permanent
    ) -> Diagnostic {
        Diagnostic(
            "ENDPOINT-FAILED",
            "\(place) could not \(operation.rawValue) \(path): \(reason)",
            at: .init(file: path),
            fix: "If it happens again, try the same by hand with the account's own SFTP client or shell. Needed: "
                + operation.rightNeeded,
            kind: kind
        )
    }
}

extension RemoteFile.Kind {
    var word: String {
        switch self {
        case .regular: "regular file"
        case .directory: "folder"
        case .link: "symbolic link"
        case .other: "pipe, socket or device"
        case .unknown: "file of unknown kind"
        }
    }
}
