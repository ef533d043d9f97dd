package import Domain
package import Magento

/// The customer groups that trade prices hang on, each with the id that its name had when it was pinned.
///
/// The price routes address a group by its name, and anybody in the admin can give that name to another group: then the
/// same file would price other customers, or everybody. So names are resolved at the start of every job and compared with
/// the ids of before (reliability V1).
package struct GroupPins: Hashable, Sendable {
    /// Who a flow's prices are for.
    package enum Audience: String, Sendable, CaseIterable {
        /// Customer groups only; nothing that a guest would see.
        case trade
        /// Guests too.
        case `public`
    }

    /// By the name in the settings.
    package private(set) var ids: [String: Int]

    package init(_ ids: [String: Int] = [:]) { self.ids = ids }

    /// Whether everybody gets what is priced for this id.
    package static func isPublic(_ id: Int) -> Bool { id == CustomerGroups.guests || id == CustomerGroups.everyone }

    /// The pins for `names`, new ones added. Throws `GROUP-UNKNOWN`, `GROUP-CHANGED`, `GROUP-PUBLIC`; nothing of the job may be
    /// sent then. `setting` is where the names stand.
    package func resolved(
        _ names: Set<String>, in groups: [CustomerGroups.Group], audience: Audience, setting: String = "tier_prices.groups"
    ) throws(Diagnostic) -> GroupPins {
        var pins = self
        for name in names.sorted() {
            let found = Self.id(of: name, in: groups)
            if let pinned = ids[name], pinned != found {
                throw changed(name, pinned, groups, found: found, setting)
            }
            guard let found else { throw Self.unknown(name, groups, setting) }
            if Self.isPublic(found), audience == .trade { throw Self.public(name, found) }
            pins.ids[name] = found
        }
        return pins
    }

    /// Letter case does not count, as in the shop.
    private static func id(of name: String, in groups: [CustomerGroups.Group]) -> Int? {
        let wanted = name.lowercased()
        if wanted == TierPrice.allGroups.lowercased() { return CustomerGroups.everyone }
        return groups.first { $0.code.lowercased() == wanted }?.id
    }

    private static func unknown(_ name: String, _ groups: [CustomerGroups.Group], _ setting: String) -> Diagnostic {
        let known = groups.map { Escaped($0.code, limit: 40).description }.joined(separator: ", ")
        return Diagnostic(
            "GROUP-UNKNOWN", "the shop has no customer group called \(Escaped(name, limit: 40)); it has \(known)",
            fix: (NearestWord.of(name, among: groups.map(\.code)).map { "did you mean \(Escaped($0, limit: 40))? " } ?? "")
                + "Correct \(setting), or create the group in the shop")
    }

    private static func `public`(_ name: String, _ id: Int) -> Diagnostic {
        Diagnostic(
            "GROUP-PUBLIC", "prices for \(Escaped(name, limit: 40)) (group \(id)) are seen by every guest",
            fix: "Name the trade group that is meant, or say audience: public if everybody is")
    }

    private func changed(_ name: String, _ pinned: Int, _ groups: [CustomerGroups.Group], found: Int?, _ setting: String) -> Diagnostic {
        let now =
            groups.first { $0.id == pinned }.map { "group \(pinned) is called \(Escaped($0.code, limit: 40)) now" }
            ?? "group \(pinned) is gone"
        let taken = found.map { "the name belongs to group \($0)" } ?? "no group has the name"
        return Diagnostic(
            "GROUP-CHANGED", "customer group \(Escaped(name, limit: 40)) was group \(pinned): \(now), and \(taken)",
            fix: "Nothing was sent. Look who is in the group, then correct \(setting) and accept the new id")
    }
}

extension GroupPins {
    package var encoded: [UInt8] {
        var bytes: [UInt8] = []
        for (name, id) in ids.sorted(by: { $0.key < $1.key }) {
            ByteWriter.text(name, into: &bytes)
            ByteWriter.signed(Int64(id), into: &bytes)
        }
        return bytes
    }

    package init(encoded: [UInt8]) throws {
        var reader = ByteReader(encoded)
        ids = [:]
        while !reader.isAtEnd {
            let name = try reader.text()
            ids[name] = Int(try reader.signed())
        }
    }
}
