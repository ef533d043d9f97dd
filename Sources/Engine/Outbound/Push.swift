import Domain
package import Endpoints
package import Formats

/// Where a flow's files go, under which names, and how the ERP says that it has them.
package struct Push: Sendable {
    package var endpoint: any Endpoint
    package var folder: String
    package var name: ConsignmentName
    /// Where the temporary name stands; the same file system as `folder`. `folder` itself unless given.
    package var workFolder: String
    /// The file that says that another is complete; written last.
    package var done: ConsignmentName?
    /// Whether a file grows under a temporary name and is renamed. A server that renames nothing has the done file as the only sign.
    package var renames: Bool
    /// Documents in one file at most.
    package var batch: Int
    package var acknowledgement: Acknowledgement?

    package init(
        endpoint: any Endpoint, folder: String, name: ConsignmentName, workFolder: String? = nil, done: ConsignmentName? = nil,
        renames: Bool = true, batch: Int = 100, acknowledgement: Acknowledgement? = nil
    ) {
        self.endpoint = endpoint
        self.folder = folder
        self.name = name
        self.workFolder = workFolder ?? folder
        self.done = done
        self.renames = renames
        self.batch = batch
        self.acknowledgement = acknowledgement
    }
}

/// What proves that the ERP has taken a file.
package struct Acknowledgement: Hashable, Sendable {
    package enum Proof: Hashable, Sendable {
        /// A file of answers: empty for all of them, or one line per document.
        case file(folder: String, name: ConsignmentName)
        /// Our file is gone from the inbox.
        case gone
        /// Our file stands in another folder, with its bytes.
        case echo(folder: String, name: ConsignmentName)
    }

    package var proof: Proof
    /// After this time without it a person is told.
    package var within: Duration
    /// What the ERP's words in an answer mean.
    package var words: AnswerWords

    package init(proof: Proof, within: Duration, words: AnswerWords = AnswerWords()) {
        self.proof = proof
        self.within = within
        self.words = words
    }
}
