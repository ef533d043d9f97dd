package import Domain

extension EndpointSession {
    /// A file of a listing with what the server did not say found out: its kind by looking, its size by reading it, and in the place of
    /// its time a mark made of its content, so that a rewrite of equal size is seen.
    ///
    /// A file of which everything is said costs nothing. One without a size or a time is read whole at each look: such servers are few, and
    /// nothing less would tell two of its files apart.
    /// - Parameter limit: the largest size that is read.
    /// - Returns: `nil` where it is there no more, or is no regular file.
    /// - Throws: `FILE-TOO-LARGE` beyond `limit`, and what the session throws.
    package func fillingGaps(of file: RemoteFile, in folder: String, limit: Int64) throws -> RemoteFile? {
        let path = RemotePath(folder: folder, name: file.name)
        var file = file
        if file.kind == .unknown || !file.gaps.isEmpty {
            // A look may say more than a listing.
            guard let looked = try stat(path) else { return nil }
            file = looked
        }
        guard file.kind == .regular else { return nil }
        if file.gaps.isEmpty { return file }
        var hash = RunningHash()
        var count: Int64 = 0
        do {
            try read(path) { bytes in
                count += Int64(bytes.count)
                guard count <= limit else { throw EndpointFault.tooLarge(path, size: count, cap: limit) }
                hash.add(bytes)
            }
        } catch let missing as Diagnostic where missing.code == "FILE-MISSING" {
            return nil
        }
        if file.gaps.contains(.size) { file.size = count }
        if file.gaps.contains(.time) { file.mark = FileMark(content: hash.value) }
        return file
    }
}

extension FileMark {
    /// Of the bytes themselves, where the server shows nothing else by which two files could be told apart.
    package init(content hash: ContentHash) {
        let digits = Array(hash.hex)
        self.init(
            inode: UInt64(String(digits[0..<16]), radix: 16) ?? 0, changed: Int64(String(digits[16..<31]), radix: 16) ?? 0
        )
    }
}
