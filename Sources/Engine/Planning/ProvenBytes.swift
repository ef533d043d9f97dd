import Domain
import Endpoints

/// The bytes of a run's file for the records that are rejected late, compared with their hash before the first of them.
final class ProvenBytes {
    private let spool: Spool
    private let hash: ContentHash
    private var isOpened = false
    private var bytes: DeliveryBytes?

    init(_ spool: Spool, _ hash: ContentHash) { (self.spool, self.hash) = (spool, hash) }

    /// Empty where the spool no longer has them as they were: other bytes than those that came are never shown for them.
    func bytes(of origin: RecordOrigin) throws -> [UInt8] {
        if !isOpened {
            isOpened = true
            do { bytes = try DeliveryBytes(path: try spool.provenPath(of: hash)) } catch let damage as Diagnostic
                where damage.code.hasPrefix("SPOOL-")
            {}
        }
        switch bytes {
        case .none: return []
        case .some(let bytes): return try bytes.bytes(of: origin)
        }
    }
}
