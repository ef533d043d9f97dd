/// How a connection failed. `unreachable` and `certificate` mean that no byte of the request left.
package enum TransportFailure: Error, Hashable, Sendable {
    case unreachable(String)
    case certificate(String)
    case lost(String)
    /// The answer was larger than the cap and was not read to its end.
    case tooLarge
}
