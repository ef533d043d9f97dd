import Domain

/// Finds out by trying what a server can do: with a few small files under names of its own, all of them removed again. What an
/// earlier probe left behind is removed first.
///
/// A server that refuses one thing is asked the next. Only a lost connection ends the probe, and then nothing is found.
struct ServerProber {
    let session: any ProbedSession
    let names: ProbeNames
    let timeline: Timeline

    private static let mostHandles = 16
    private static let contents: [ProbeNames.File: String] = [.first: "first\n", .second: "second\n", .third: "third one\n"]

    /// - Parameter folder: where files may be written; `nil`: only what can be asked without writing.
    func probe(folder: String?) throws -> ServerProbe {
        var findings = ServerProbe.Findings()
        findings.algorithms = session.algorithms
        findings.limits = try session.limits()
        findings.freeSpace = try asked("free space", &findings) { try session.freeSpace(in: folder ?? "") } ?? nil
        if let folder {
            do {
                try tidy(folder)
                try findByWriting(folder, &findings)
            } catch {
                // A lost connection takes the files along to the next probe.
                try? tidy(folder)
                throw error
            }
            try tidy(folder)
        } else {
            findings.notes.append("without probe_folder nothing was written: renames, flushing, times and letter case were not tried")
        }
        return ServerProbe(identity: session.identity, folder: folder, findings: findings)
    }

    private func tidy(_ folder: String) throws {
        for file in ProbeNames.File.allCases {
            do {
                try session.remove(names.path(file, in: folder))
            } catch let refusal as Diagnostic where refusal.kind == .permanent {
                // The folder itself may be missing, which is said where it is written to.
            }
        }
    }

    /// `nil` where it is refused, with a note of why.
    private func asked<Value>(_ what: String, _ findings: inout ServerProbe.Findings, _ body: () throws -> Value) throws -> Value? {
        do {
            return try body()
        } catch let refusal as Diagnostic where refusal.kind == .permanent || refusal.code == "SIZE-DIFFERS" || refusal.code == "WRITE-FAILED" {
            findings.notes.append("\(what): \(refusal.summary)")
            return nil
        }
    }

    private func findByWriting(_ folder: String, _ findings: inout ServerProbe.Findings) throws {
        let (first, second) = (names.path(.first, in: folder), names.path(.second, in: folder))
        let before = timeline.now()
        guard try asked("writing", &findings, { try write(.first, in: folder) }) != nil else { return }
        let after = timeline.now()
        guard try isRemovable(first, &findings) else { return }
        findings.flushes = session.capabilities.flushing == .confirmed
        if let file = try session.stat(first), !file.gaps.contains(.time) {
            // Half of the way there and back is what the file was written after.
            let middle = before.adding(after.since(before) / 2)
            findings.clockAhead = file.modified.since(middle).wholeMilliseconds
        }
        try findTimes(folder, &findings)
        findings.renames = try asked("rename", &findings) {
            try session.renameUnchecked(first, to: second) && session.stat(second) != nil && session.stat(first) == nil
        }
        try findRenamesOnto(folder, &findings)
        findings.isCaseSensitive = try asked("letter case", &findings) {
            try restore(.second, in: folder)
            return try session.stat(names.inUpperCase(.second, in: folder)) == nil
        }
        findings.listingOrder = try asked("listing", &findings) { try order(in: folder) } ?? nil
        findings.handles = try asked("open files", &findings) {
            try restore(.second, in: folder)
            return try session.openTogether(second, most: Self.mostHandles)
        }
    }

    /// Where files cannot be removed again the first one is the only one.
    private func isRemovable(_ path: RemotePath, _ findings: inout ServerProbe.Findings) throws -> Bool {
        let written = try session.stat(path)
        _ = try asked("removing", &findings) { try session.remove(path) }
        guard written != nil, try session.stat(path) == nil else {
            findings.notes.append("\(path) cannot be removed again, so nothing else was tried: its owner has to remove it")
            return false
        }
        try write(.first, in: path.folder)
        return true
    }

    // MARK: Times

    /// An odd second, the last of its minute, and a part of one: what is left of it tells how coarse times are.
    private static let oddTime = UTCInstant(milliseconds: (1_600_000_020 + 59) * 1000 + 123)

    private func findTimes(_ folder: String, _ findings: inout ServerProbe.Findings) throws {
        let path = names.path(.first, in: folder)
        let time = Self.oddTime
        let wasSet = try asked("setting a time", &findings) { () -> (Bool, RemoteFile?) in
            (try session.setTime(of: path, to: time), try session.stat(path))
        }
        guard let (wasAccepted, found) = wasSet, let found, !found.gaps.contains(.time) else {
            findings.setsTimes = wasSet.map { _ in false }
            return
        }
        let distance = abs(found.modified.since(time).wholeMilliseconds)
        // A server that accepts it and does nothing shows the time of the writing.
        findings.setsTimes = wasAccepted && distance < 3_600_000
        guard findings.setsTimes == true else { return }
        let precision: Int64 =
            switch distance {
            case 0: Int64(session.capabilities.timestampPrecision.wholeMilliseconds)
            case 1..<1000: 1000
            case 1000..<2000: 2000
            case 59_000..<60_000: 60_000
            default: distance + 1000
            }
        findings.timePrecision = precision
        // A listing may show times more coarsely than a look at the file does.
        try? session.list(folder: folder) { file in
            guard file.name == path.name, !file.gaps.contains(.time) else { return }
            let inListing = abs(file.modified.since(time).wholeMilliseconds)
            if inListing > distance, inListing < 3_600_000 { findings.timePrecision = max(precision, inListing + 1000) }
        }
    }

    // MARK: Renames

    private func findRenamesOnto(_ folder: String, _ findings: inout ServerProbe.Findings) throws {
        let (second, third) = (names.path(.second, in: folder), names.path(.third, in: folder))
        if findings.renames == true {
            findings.renameOntoExisting =
                try asked("rename onto an existing name", &findings) { () -> ServerProbe.RenameOntoExisting? in
                    try restore(.second, in: folder)
                    try restore(.third, in: folder)
                    let isAccepted = try session.renameUnchecked(third, to: second)
                    switch (try hasMoved(.third, onto: .second, in: folder), isAccepted) {
                    case (true, _): return .overwrites
                    case (false, false): return .refused
                    // It says yes and does nothing, or something else: nothing is to be relied on.
                    case (false, true): return nil
                    }
                } ?? nil
        }
        findings.renamesOver =
            try asked("posix-rename", &findings) { () -> Bool? in
                try restore(.second, in: folder)
                try restore(.third, in: folder)
                guard let isAccepted = try session.renameOver(third, to: second) else { return nil }
                return try isAccepted && hasMoved(.third, onto: .second, in: folder)
            } ?? nil
    }

    /// Whether a file has taken the place of another: it is gone, and the other name has its bytes.
    private func hasMoved(_ file: ProbeNames.File, onto other: ProbeNames.File, in folder: String) throws -> Bool {
        guard try session.stat(names.path(file, in: folder)) == nil else { return false }
        return try session.content(of: names.path(other, in: folder), limit: 64) == Self.content(of: file)
    }

    // MARK: Files

    private static func content(of file: ProbeNames.File) -> [UInt8] { Array((contents[file] ?? "order\n").utf8) }

    private func write(_ file: ProbeNames.File, in folder: String) throws {
        try Self.content(of: file).withUnsafeBytes { try session.put(names.path(file, in: folder), $0) }
    }

    /// Whatever became of it before, it is there with its own bytes afterwards.
    private func restore(_ file: ProbeNames.File, in folder: String) throws {
        try session.remove(names.path(file, in: folder))
        try write(file, in: folder)
    }

    private func order(in folder: String) throws -> ServerProbe.ListingOrder? {
        let made: [ProbeNames.File] = [.order2, .order3, .order1]
        for file in made { try write(file, in: folder) }
        var seen: [ProbeNames.File] = []
        try session.list(folder: folder) { entry in
            if let file = made.first(where: { names.name($0) == entry.name }) { seen.append(file) }
        }
        switch seen {
        case [.order1, .order2, .order3]: return .byName
        case made: return .byCreation
        case made.reversed(): return .newestFirst
        default: return seen.count == made.count ? .other : nil
        }
    }
}
