/// What a diagnostic is about: who has to change something before the same work can succeed.
///
/// It decides what becomes of a file whose reading ended with the diagnostic. Only what is wrong with the file's own bytes sets it
/// aside: no waiting changes them. Every other trouble passes or is mended while the file waits, so the file is planned again.
package enum Blame: String, Hashable, Sendable, CaseIterable {
    /// The file as its sender wrote it.
    case file
    /// Our copy of the file: gone from the spool, or damaged there. It is fetched again; where it is nowhere any more, it is set aside.
    case copy
    /// The shop, or something between us and it.
    case shop
    /// The shop's credential or its rights.
    case shopCredential
    /// The server of the files, the way to it, or another file in its folders.
    case endpoint
    /// The account at the server of the files.
    case endpointCredential
    /// The identity of the server of the files.
    case hostKey
    /// This machine: disk, memory, ledger, other processes.
    case machine
    /// The settings, profiles and secrets.
    case settings
    /// What a person asked for cannot be done as things are.
    case `operator`
    /// A fault of this program; also what the catalogue does not know.
    case program

    /// Whether the file is set aside: trying again cannot end otherwise, and a newer file is good as it is.
    package var isFinal: Bool {
        switch self {
        case .file: true
        case .copy, .shop, .shopCredential, .endpoint, .endpointCredential, .hostKey, .machine, .settings, .operator, .program: false
        }
    }
}

extension Diagnostic {
    /// Of the catalogue, by the code alone: whether a call may be repeated (`kind`) says nothing of whose fault it is.
    package var blame: Blame { DiagnosticCatalogue.blame(of: code) }
}
