import Domain

/// Reads a customer list and decides what of each account has to change.
struct AccountInterpreter: RowInterpreter {
    private let rules: AccountRules
    private let reader: AccountReader
    private var census = AccountCensus()

    init(rules: AccountRules, termChoices: Set<String>?) {
        self.rules = rules
        reader = AccountReader(rules: rules, termChoices: termChoices)
    }

    mutating func interpret(_ batch: RecordBatch, into rows: inout KeyedRows) {
        for (index, entry) in batch.entries.enumerated() {
            for row in 0..<entry.rowCount {
                guard let account = reader.account(batch, entry, row: row) else {
                    if entry.rejection < 0 { rows.reject(entry: index, AccountRejections.missing, key: nil, origin: entry.origin) }
                    break
                }
                census.note(account)
                if entry.rejection >= 0 {
                    rows.markIncomplete(key: account, origin: entry.origin)
                    continue
                }
                do throws(RejectReason) {
                    let statement = try reader.statement(batch, entry, row: row)
                    if let email = statement.value[.email], !isLeft(statement.value, of: account) { census.note(account, email: email) }
                    rows.append(key: account, origin: entry.origin) { statement.encode(into: &$0) }
                } catch {
                    rows.reject(entry: index, error, key: account, origin: entry.origin)
                    break
                }
            }
        }
    }

    mutating func decide(_ group: KeyGroup, mirror: ArraySlice<UInt8>?, mode: FileMode) -> KeyVerdict {
        if let spoiled = group.rows.first(where: \.isIncomplete) {
            return KeyVerdict(.rejected(AccountRejections.incomplete(spoiled.origin.line)))
        }
        let numbers = group.rows.indices
        guard let taken = rules.duplicates.choice(of: numbers) else { return KeyVerdict(.rejected(AccountRejections.twice)) }
        guard let statement = try? AccountStatement(group.payload(group.rows[taken])) else {
            return KeyVerdict(.rejected(AccountRejections.unreadable))
        }
        let superseded = numbers.filter { $0 != taken }.map { $0 - group.rows.startIndex }
        if isLeft(statement.value, of: group.key) { return KeyVerdict(.unchanged, superseded: superseded) }
        do throws(RejectReason) {
            var verdict = try decide(statement, RecordKey(group.key), known: mirror.flatMap { try? AccountValue(encoded: $0) }, mode: mode)
            verdict.superseded = superseded
            return verdict
        } catch {
            return KeyVerdict(.rejected(error), superseded: superseded)
        }
    }

    /// An account that a list leaves out stays as it is: a customer is nobody's to delete.
    mutating func decideMissing(_ key: RecordKey, mirror: ArraySlice<UInt8>) -> KeyVerdict? { nil }

    private func decide(
        _ statement: AccountStatement, _ key: RecordKey, known: AccountValue?, mode: FileMode
    ) throws(RejectReason) -> KeyVerdict {
        var marks = AccountMarks(key, rules: rules)
        if let email = statement.value[.email] {
            let others = census.others(with: email, than: key.bytes[...])
            guard others.isEmpty else { throw AccountRejections.shared(others) }
        }
        if let parent = statement.value[.parent], !parent.isEmpty, mode == .full, rules.checks.parent != .allow, !census.has(parent) {
            guard rules.checks.parent == .warn else { throw AccountRejections.parent(parent) }
            marks.add("unknown_parent")
        }
        for note in statement.notes { marks.add(note == .badEmail ? "bad_email" : "bad_postcode") }

        var said = try wanted(statement.value, known)
        var after = (known ?? AccountValue()).overlaid(with: said)
        if rules.owned.contains(.street), said.fields.keys.contains(where: AccountField.address.contains), !AccountField.isAddressWhole(after) {
            said = AccountValue(said.fields.filter { !AccountField.address.contains($0.key) })
            after = (known ?? AccountValue()).overlaid(with: said)
            marks.add("half_address")
        }
        let different = after.differing(from: known)
        guard !different.fields.isEmpty else { return KeyVerdict(.unchanged, marks: marks.found) }
        marks.judge(from: known, to: after)
        return KeyVerdict(.change(after.encoded), evidence: AccountDefinition.text(different), marks: marks.found)
    }

    /// What of the row may be written: what the ERP owns; of an account not known yet also what a new customer needs.
    private func wanted(_ said: AccountValue, _ known: AccountValue?) throws(RejectReason) -> AccountValue {
        var value = said.limited(to: rules.owned)
        if rules.owned.contains(.stop), let stopGroup = rules.stopGroup {
            if said[.stop] == "1" {
                value[.group] = stopGroup
            } else if value[.group] == nil, said[.stop] == "0", let group = known?[.group], rules.isStop(group) {
                throw AccountRejections.release(group)
            }
        }
        if rules.owned.contains(.street), value[.street] != nil, (value[.country] ?? "").isEmpty { value[.country] = rules.country }
        guard known == nil else { return value }
        for field in AccountField.ofNewcomers { value[field] = said[field] }
        return value
    }

    private func isLeft(_ value: AccountValue, of account: ArraySlice<UInt8>) -> Bool {
        guard rules.children == .leave, let parent = value[.parent], !parent.isEmpty else { return false }
        return !parent.utf8.elementsEqual(account)
    }
}
