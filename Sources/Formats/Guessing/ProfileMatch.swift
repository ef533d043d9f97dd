import Domain

/// How well one known profile reads a sample.
struct ProfileMatch {
    let profile: Profile
    /// Records read and rejected.
    let records: Int
    let rejected: Int
    /// Share of the file's columns that the profile declares, in per cent.
    let known: Int
    /// Columns that the profile's fields take.
    let mapped: Int

    /// What is known of a file before any profile is tried.
    enum Shape {
        /// A table whose columns have captions.
        case captioned
        /// Lines without captions: a table, fixed widths, or lines with tags.
        case bare
        case document
        /// A JSON object in each line.
        case objects

        func admits(_ profile: Profile) -> Bool {
            switch (self, profile.format) {
            case (.captioned, .csv): profile.layout.headerRows > 0
            case (.bare, .csv): profile.layout.headerRows == 0
            case (.bare, .fixed), (.bare, .tagged), (.document, .xml), (.objects, .jsonl): true
            case (.captioned, _), (.bare, .xml), (.bare, .jsonl), (.document, _), (.objects, _): false
            }
        }
    }

    /// Reads the sample with every field of the profile; `nil` where that fails, or hardly a record is good.
    init?(_ profile: Profile, sample: [UInt8]) {
        let fields = profile.entityFields
        let context = ReadContext(fileName: "sample", modified: UTCInstant(milliseconds: 0))
        var rejected = 0
        var batch = RecordBatch(fieldCount: fields.count)
        let proof: FileProof
        do {
            var reader = try profile.makeReader(MemoryByteSource(sample), fields: fields, context: context)
            while try reader.next(into: &batch) { rejected += batch.rejections.count }
            proof = reader.proof
        } catch {
            // A profile that does not fit says so by throwing.
            return nil
        }
        guard proof.records > 0, rejected * 3 <= proof.records * 2 else { return nil }
        // A document's header is the name of its root; that each column stands somewhere in it the reader has checked.
        let captions = profile.format == .csv ? proof.header.filter { !$0.isEmpty } : []
        let declared = profile.schema.columns.flatMap { [$0.name] + (profile.header.aliases[$0.name] ?? []) }.map { CaptionWords($0).joined }
        self.profile = profile
        self.rejected = rejected
        records = proof.records
        let found = captions.count { caption in
            declared.contains(CaptionWords(caption).joined) || profile.pivot?.isColumn(caption) == true
        }
        known = captions.isEmpty ? 100 : found * 100 / captions.count
        mapped = profile.mappings.values.count { if case .column = $0.source { true } else { false } } + (profile.pivot?.columns.count ?? 0)
    }

    /// The best of the profiles that read the sample, `nil` where none fits well enough to be proposed.
    static func best(_ profiles: [Profile], sample: [UInt8], shape: Shape, entity: GuessedEntity?) -> Guess<ProfileMatch>? {
        let matches = profiles.filter { shape.admits($0) && !$0.name.hasPrefix("tallyman/") }
            .filter { profile in entity.map { $0.isFed(by: profile.mappedFields) } ?? true }
            .compactMap { ProfileMatch($0, sample: sample) }
            .filter { $0.known >= 50 }
            .sorted { ($0.rank, $1.profile.name) > ($1.rank, $0.profile.name) }
        guard let best = matches.first else { return nil }
        // Without captions the shape alone speaks; with them, two profiles of the same captions may mean different things.
        let rivals = matches.dropFirst().filter { rival in
            shape == .bare || (rival.known == best.known && rival.entities != best.entities)
        }.map(\.profile.name)
        let isClean = best.rejected * 10 <= best.records
        let certainty: Certainty = !rivals.isEmpty || shape == .bare ? .unsure : best.known >= 80 && isClean ? .sure : .likely
        var evidence = "\(best.records) records read, \(best.rejected) rejected"
        switch shape {
        case .captioned: evidence += ", \(best.known) % of the captions known"
        case .bare: evidence += "; no header says what the columns are"
        case .document, .objects: evidence += ", every column of the profile is there"
        }
        if !rivals.isEmpty { evidence += "; \(rivals.joined(separator: ", ")) would read it too" }
        return Guess(best, certainty, evidence)
    }

    private var entities: [GuessedEntity] { GuessedEntity.allCases.filter { $0.isFed(by: profile.mappedFields) } }

    /// Good records, then known captions, then fields.
    private var rank: [Int] { [known >= 80 ? 1 : 0, (records - rejected) * 100 / max(1, records) / 20, known, mapped] }
}

extension GuessedEntity {
    func isFed(by fields: [String]) -> Bool { requirements.contains { $0.isSubset(of: fields) } }
}

extension Profile {
    /// The column of the product's or account's key.
    var keyColumn: String? {
        for field in ["sku", "account"] {
            if case .column(let name) = mappings[field]?.source { return name }
        }
        return nil
    }
}

extension Pivot {
    /// Whether a caption is one of the columns side by side.
    fileprivate func isColumn(_ caption: String) -> Bool {
        columns.contains { column in
            guard let (before, behind) = column.caption.components(around: "{}") else { return false }
            let lower = caption.lowercased()
            return lower.hasPrefix(before.lowercased()) && lower.hasSuffix(behind.lowercased()) && lower.count > before.count + behind.count
        }
    }
}

private func > (left: (rank: [Int], name: String), right: (rank: [Int], name: String)) -> Bool {
    for (first, second) in zip(left.rank, right.rank) where first != second { return first > second }
    return left.name > right.name
}
