/// What went wrong below the file operations. Becomes a `Diagnostic` where the path and the operation are known.
package enum SSHFailure: Error, Hashable {
    /// The server answered, and refused.
    case refused(SFTPStatus, number: UInt)
    /// The connection is gone or can no longer be trusted; nothing more may be asked of it.
    case lost(code: Int, text: String)
    /// No answer within the deadline. The connection is given up.
    case silent(Duration)
    /// The library itself would not.
    case library(code: Int, text: String)
    case cancelled

    package var text: String {
        switch self {
        case .refused(.failure, _): SFTPStatus.failure.text
        case .refused(let status, let number): "\(status.text) (status \(number))"
        case .lost(let code, let text): "connection lost: \(text) (\(code))"
        case .silent(let limit): "no answer for \(limit.inSeconds)"
        case .library(let code, let text): "\(text) (\(code))"
        case .cancelled: "cancelled"
        }
    }

    /// Whether the connection cannot be used any more.
    package var isFatal: Bool {
        switch self {
        case .refused: false
        case .library(let code, _): code != SSHCode.bufferTooSmall
        case .lost, .silent, .cancelled: true
        }
    }
}

extension Duration {
    /// `10 s`, `1.5 s`.
    var inSeconds: String {
        let milliseconds = components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
        return milliseconds % 1000 == 0 ? "\(milliseconds / 1000) s" : "\(Double(milliseconds) / 1000) s"
    }
}
