package import Domain

/// Which entries of a folder are a flow's files. Every entry gets a verdict, and an ignored one a named rule (A4).
package struct FileSelection: Hashable, Sendable {
    package enum Verdict: Hashable, Sendable {
        case selected
        case ignored(Rule)
    }

    package enum Rule: Hashable, Sendable {
        /// A folder, link, pipe or device.
        case notRegular(RemoteFile.Kind)
        /// Not one path component (S1).
        case unsafeName
        /// Still being written by its sender, by the ending or beginning that says so.
        case temporaryName(String)
        /// Announces another file.
        case doneFile
        /// Names the files of a set.
        case manifest
        case patternDiffers
        /// A pattern would match, were it not for the case of its letters.
        case caseDiffers(GlobPattern)
    }

    /// Endings that writers use while they write, whatever their case: Spring, WinSCP, rsync and ERP habits.
    package static let temporaryEndings = [".tmp", ".part", ".filepart", ".writing", ".inProgress", "~"]

    package let patterns: [GlobPattern]
    private let lowered: [GlobPattern]
    package var doneFile: DoneFileName?
    package var manifest: ManifestRule?
    /// The flow whose reject files are taken whatever the patterns say: a person mended one and dropped it back.
    package var rejectsOf: String?

    /// - Parameter doneFile: how a finished file is announced, where the sender does.
    package init(patterns: [GlobPattern], doneFile: DoneFileName? = nil) {
        self.patterns = patterns
        lowered = patterns.map { GlobPattern($0.description.lowercased()) }
        self.doneFile = doneFile
    }

    package func judge(_ file: RemoteFile) -> Verdict {
        guard RemotePath.isOneComponent(file.name) else { return .ignored(.unsafeName) }
        // One whose kind is not said is looked at by itself once its name is wanted.
        guard file.kind == .regular || file.kind == .unknown else { return .ignored(.notRegular(file.kind)) }
        if let mark = Self.temporaryMark(file.name) { return .ignored(.temporaryName(mark)) }
        // Before the patterns: `*` matches done files too.
        if let doneFile, doneFile.isAnnouncement(file.name) { return .ignored(.doneFile) }
        if let manifest, manifest.isManifest(file.name) { return .ignored(.manifest) }
        if let rejectsOf, RejectFileName.matches(file.name, flow: rejectsOf) { return .selected }
        guard patterns.contains(where: { $0.matches(file.name) }) else {
            let name = file.name.map(\.asciiLowered)
            let index = lowered.firstIndex { $0.matches(name) }
            return .ignored(index.map { .caseDiffers(patterns[$0]) } ?? .patternDiffers)
        }
        return .selected
    }

    /// Whether a file of that name would be taken.
    package func takes(_ name: [UInt8]) -> Bool {
        judge(RemoteFile(name: name, size: 0, modified: UTCInstant(milliseconds: 0), kind: .regular)) == .selected
    }

    static func temporaryMark(_ name: [UInt8]) -> String? {
        if name.first == UInt8(ascii: ".") { return "." }
        let lowered = name.map(\.asciiLowered)
        return temporaryEndings.first { ending in
            let wanted = ending.utf8.map(\.asciiLowered)
            return lowered.count > wanted.count && lowered.suffix(wanted.count).elementsEqual(wanted)
        }
    }
}

extension FileSelection.Rule: CustomStringConvertible {
    /// As the report of a poll shows it.
    package var description: String {
        switch self {
        case .notRegular(let kind): "not a regular file (\(kind.word))"
        case .unsafeName: "unsafe name"
        case .temporaryName(let mark): "temporary name (\(mark))"
        case .doneFile: "done file"
        case .manifest: "manifest"
        case .patternDiffers: "no pattern matches"
        case .caseDiffers(let pattern): "\(pattern) matches but for the case of letters"
        }
    }
}

extension UInt8 {
    var asciiLowered: UInt8 { self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z") ? self | 0x20 : self }
}
