package import Domain
package import Engine
package import Foundation
package import Reports
package import StateStore

/// A flow as pages speak of it.
package struct ShopFlow: Sendable {
    package var name: String
    package var isOutbound: Bool
    package var next: UTCInstant?
    /// Its schedule as the settings have it.
    package var schedule: String?
    /// When the maintenance window ends that holds it back now.
    package var closedUntil: UTCInstant?

    package init(name: String, isOutbound: Bool, next: UTCInstant?, schedule: String? = nil, closedUntil: UTCInstant? = nil) {
        self.name = name
        self.isOutbound = isOutbound
        self.next = next
        self.schedule = schedule
        self.closedUntil = closedUntil
    }
}

/// A value of the settings with the place it comes from.
package struct SettingLine: Sendable {
    package var path: String
    /// `nil` for what is secret: nobody sees it, whoever they are.
    package var value: String?
    package var place: String

    package init(path: String, value: String?, place: String) {
        self.path = path
        self.value = value
        self.place = place
    }
}

/// A file that is in the shop's spool.
package struct ReceivedFile: Sendable {
    package var hash: ContentHash
    package var size: Int64

    package init(hash: ContentHash, size: Int64) {
        self.hash = hash
        self.size = size
    }
}

/// A day or a week in words and figures.
package struct ShopReport: Sendable {
    package var sheet: MailSheet
    package var indicators: [Indicator]
    package var last: CivilDate

    package init(sheet: MailSheet, indicators: [Indicator], last: CivilDate) {
        self.sheet = sheet
        self.indicators = indicators
        self.last = last
    }
}

/// One shop as the console sees it: its books, what its settings say, and nothing that leads to the shop or to a secret.
package protocol ShopHouse: Sendable {
    var name: String { get }
    var zone: TimeZone { get }
    /// Whether it is a shop to learn with.
    var isTraining: Bool { get }

    /// For reading. Throws where the ledger is missing, damaged or of another version.
    func window() throws -> LedgerWindow
    func flows(at now: UTCInstant) throws -> [ShopFlow]
    /// Open alarms, the gravest first.
    func alarms(_ reader: LedgerReader, at now: UTCInstant) throws -> [AlarmBook.Entry]
    /// A value in words.
    func describe(_ value: EncodedValue, entity: String) -> String
    /// Whether the records of an entity tell of people.
    func isPersonal(_ entity: String) -> Bool
    /// What the keys of an entity are: product, order.
    func noun(_ entity: String) -> String
    /// Why the shop holds what it holds for a key.
    func explain(_ key: RecordKey, _ reader: LedgerReader) throws -> [ExplanationView]
    /// Where an order is.
    func journey(of key: RecordKey, _ reader: LedgerReader) throws -> [OrderView]
    /// The record behind an error, taken apart; `nil` where its file is not known any more.
    func bench(for error: QueuedError, _ reader: LedgerReader) throws -> RecordBench?
    /// The same for many records of a flow; those whose file is not known any more are left out.
    func benches(for errors: [QueuedError], of flow: String, _ reader: LedgerReader) throws -> [(error: QueuedError, bench: RecordBench)]
    /// Of the profile and the settings that a flow's files are read by now; `nil` where it reads none.
    func fingerprint(of flow: String) throws -> String?
    /// The flow that carries an entity into the shop, where one does.
    func flow(carrying entity: String) -> String?
    /// Whether the flow carries documents out of the shop.
    func isOutbound(_ flow: String) throws -> Bool
    /// What taking a run back would do, change by change; nothing is done.
    func previewUndo(of run: Int64, _ reader: LedgerReader, _ visit: (UndoStep) throws -> Void) throws
    /// Whether the files of a flow tell of people.
    func tellsOfPeople(_ flow: String) throws -> Bool
    /// Where the bytes of a file are on this machine, proven to be those that came. Throws where they are not kept any more.
    func content(of hash: ContentHash) throws -> String
    /// Takes a file of this machine into the shop's spool.
    func receive(file path: String) async throws -> ReceivedFile
    /// Every value of the settings, in the order of the file.
    func settings() throws -> [SettingLine]
    /// The report of a day, or of the week that ends with it; the latest that is over unless a day is named.
    func report(weekly: Bool, through day: CivilDate?, at now: UTCInstant, _ reader: LedgerReader) throws -> ShopReport
    /// The agreed figures of one day.
    func indicators(of day: CivilDate, _ reader: LedgerReader) throws -> [Indicator]
    /// Decisions that need neither the shop nor a secret.
    func desk() throws -> ConsoleDesk
}

/// What the console itself writes into a shop's ledger.
package struct ConsoleDesk: Sendable {
    package var ledger: Ledger
    package var desk: OperatorDesk
    /// Called when an order was entered, so that whoever carries orders out without a service begins at once.
    package var announce: @Sendable () -> Void

    package init(ledger: Ledger, desk: OperatorDesk, announce: @escaping @Sendable () -> Void = {}) {
        self.ledger = ledger
        self.desk = desk
        self.announce = announce
    }
}
