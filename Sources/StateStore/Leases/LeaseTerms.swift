/// How long a lease lasts and how it is kept. One set of terms for every process that shares a ledger.
package struct LeaseTerms: Hashable, Sendable {
    /// After so long without a renewal the work is somebody else's to take.
    package var length: Duration
    /// How often it is renewed.
    package var renewal: Duration
    /// What must be left of it for a call that cannot be repeated to begin; a call under way is cut off at the same moment.
    package var reserve: Duration
    /// What a look across machines waits beyond `length`: their clocks run at different speeds.
    package var allowance: Duration

    package init(length: Duration = .seconds(30)) {
        self.length = length
        renewal = length / 6
        reserve = length / 3
        allowance = length / 15
    }
}
