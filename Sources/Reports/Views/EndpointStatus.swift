package import Domain
package import StateStore

/// What the latest probe of an endpoint's server found.
package struct EndpointStatus: Encodable {
    package enum State: String, Encodable {
        case probed
        /// For settings that were others: a run or `doctor` probes it again.
        case outdated
        case never
    }

    package var endpoint: String
    package var state: State
    package var probed: String?
    package var address: String?
    package var banner: String?
    package var hostKey: String?
    /// Where files were tried; absent where nothing was written.
    package var folder: String?
    package var found: ServerProbe.Findings?

    /// - Parameter settings: the mark of the settings as they are now.
    package init(_ endpoint: String, settings: String, _ reader: LedgerReader) throws {
        self.endpoint = endpoint
        guard let known = try reader.latestServerProbe(of: endpoint) else {
            state = .never
            return
        }
        state = known.probe.identity.settings == settings ? .probed : .outdated
        probed = "\(known.at)"
        address = known.probe.identity.address
        banner = known.probe.identity.banner
        hostKey = known.probe.identity.hostKey
        folder = known.probe.folder
        found = known.probe.findings
    }

    /// One line for people; `nil` where nothing is known.
    package var text: String? {
        guard let found, let probed else { return nil }
        let server = [banner, address].compactMap { $0.map { Escaped($0, limit: 100).description } }.first ?? endpoint
        if state == .outdated { return "\(server), probed at \(probed) by other settings; `tallyman doctor` probes it again" }
        let lacks = found.lacks
        let tried = folder == nil ? "nothing was tried by writing" : "does everything that was tried"
        return "\(server), probed at \(probed): \(lacks.isEmpty ? tried : lacks.joined(separator: ", "))"
    }
}
