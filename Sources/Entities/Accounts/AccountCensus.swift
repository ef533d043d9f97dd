import Domain

/// What is seen of a whole file while its rows are read, so that rows can be judged against each other: who shares an address,
/// and which accounts there are. It grows by some dozens of bytes an account; an ERP's table has thousands of them, not millions.
struct AccountCensus {
    /// The first account of each e-mail address, by the address's hash.
    private var first: [UInt64: RecordKey] = [:]
    /// The further ones, which are few.
    private var further: [UInt64: [RecordKey]] = [:]
    private var accounts: Set<Int64> = []

    mutating func note(_ account: ArraySlice<UInt8>) { accounts.insert(KeyHash.of(account)) }

    mutating func note(_ account: ArraySlice<UInt8>, email: String) {
        let hash = Self.hash(email)
        guard let known = first[hash] else {
            first[hash] = RecordKey(account)
            return
        }
        guard known.bytes[...] != account, further[hash]?.contains(where: { $0.bytes[...] == account }) != true else { return }
        further[hash, default: []].append(RecordKey(account))
    }

    func has(_ account: String) -> Bool { accounts.contains(KeyHash.of(Array(account.utf8)[...])) }

    /// The other accounts with this address.
    func others(with email: String, than account: ArraySlice<UInt8>) -> [RecordKey] {
        let hash = Self.hash(email)
        guard let more = further[hash], let first = first[hash] else { return [] }
        return ([first] + more).filter { $0.bytes[...] != account }
    }

    private static func hash(_ email: String) -> UInt64 { StableHash.of(RecordKey.folded(Array(email.utf8)[...])) }
}
