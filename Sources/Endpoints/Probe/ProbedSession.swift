internal import Domain

/// What a probe asks of a session beside what every caller may. On the session's thread only.
///
/// A refusal is an answer; what is thrown says that no answer came.
protocol ProbedSession: EndpointSession {
    var identity: ServerProbe.Identity { get }
    /// What both sides agreed on; empty where nothing was agreed.
    var algorithms: [String] { get }
    /// What the server says of the sizes it takes; `nil` where it does not, or this transport does not hear it.
    func limits() throws -> ServerProbe.Limits?
    /// Bytes that are free; `nil` where the server does not say.
    func freeSpace(in folder: String) throws -> UInt64?
    /// Renames without looking first, as the server does it by itself. `false` where it is refused.
    func renameUnchecked(_ path: RemotePath, to target: RemotePath) throws -> Bool
    /// Puts a file in the place of another in one step. `false` where it is refused, `nil` where this transport cannot ask.
    func renameOver(_ path: RemotePath, to target: RemotePath) throws -> Bool?
    /// `false` where it is refused.
    func setTime(of path: RemotePath, to time: UTCInstant) throws -> Bool
    /// How many times the file could be open at once, up to `most`. All are closed again.
    func openTogether(_ path: RemotePath, most: Int) throws -> Int
}
