import Foundation
import Glibc
import MagentoSandbox
import Testing

/// Reliability F77, M3: the plug is pulled at points drawn by chance while stock, orders or despatches are under way, and the disk
/// keeps of what was not flushed whatever it likes.
@Suite(.enabled(if: PowerCut.isPossible, "strace and python3 record and replay the disk"))
struct PowerCutHistoryTests {
    /// What is under way when the power goes.
    enum Work: String, CaseIterable, Sendable {
        case stock, orders, despatches
    }

    private static let cuts = ProcessInfo.processInfo.environment["TALLYMAN_CUTS"].flatMap { Int($0) } ?? 24

    private static let shop: ShopState = {
        var state = ShopState.small
        for number in 1...3 {
            var draft = OrderDraft([.init("A", Quantity(1)), .init("B", Quantity(1))])
            draft.incrementID = "00000010\(number)"
            do { try state.place(draft, now: 1_795_224_000) } catch { Issue.record("\(error)") }
        }
        return state
    }()

    private static func settings(_ installation: Installation) -> String {
        """
        \(installation.settingsHead.replacing("magento:\n", with: "magento:\n  resend_after: 0s\n"))
        flows:
          stock:
            pull: {endpoint: erp, folder: out, files: "S*.csv", settle: 0s, then: {move: archive}}
            profile: generic/stock
            stock: {warehouses: {LDS: main}}
          orders:
            push: {endpoint: erp, folder: in, name: "ORD_{batch}.csv", done: "{name}.done", batch: 2}
            profile: generic/orders
            select: {states: {"*": new}}
            orders: {payment: {checkmo: BACS}, accounts: {"*": WEB}}
          despatches:
            pull: {endpoint: erp, folder: out, files: "D*.csv", settle: 0s, then: {move: archive}}
            profile: sage50/despatches
            despatches: {warehouses: {LDS: main}, carriers: {DPD: dpd}}

        """
    }

    private static func prepare(_ installation: Installation) async throws {
        try FileManager.default.createDirectory(atPath: "\(installation.folder)/erp/in", withIntermediateDirectories: true)
        try installation.write(settings(installation), to: "tallyman.yaml")
        // The state folder is there, and what is in it has reached the disk.
        let first = try await installation.tallyman("run", "stock")
        #expect(first.exit == 0, "\(first.all)")
        try installation.drop("S1.csv", "ABCDEFGHIJ".map { Installation.line(String($0), "8") }, minute: 1)
        let header = "GDN Number,Customer Order No,Product Code,Qty Despatched,Location,Courier,Consignment Number"
        let rows = (1...3).map { "100\($0),00000010\($0),A,1,LDS,DPD,155\($0)" }
        try installation.drop("D1.csv", content: Data(([header] + rows).map { $0 + "\r\n" }.joined().utf8), minute: 1)
    }

    private static func crossings(of work: Work) async throws -> Int {
        try await Installation.with(shop) { installation in
            try await prepare(installation)
            try installation.write("", to: "crossings")
            _ = try await installation.tallyman("run", work.rawValue, adding: ["TALLYMAN_CROSSINGS": "\(installation.folder)/crossings"])
            return try String(contentsOfFile: "\(installation.folder)/crossings", encoding: .utf8).split(separator: "\n").count
        }
    }

    @Test(.timeLimit(.minutes(120)), arguments: Work.allCases)
    func `F77 G4 D1 E1 whatever a disk keeps of what was not flushed, every promise holds`(_ work: Work) async throws {
        let count = try await Self.crossings(of: work)
        let share = max(1, Self.cuts / Work.allCases.count)
        for cut in 0..<share {
            // Spread over the crossings, and another way to lose each time.
            let point = 2 + (cut * max(1, count - 2) / share) % max(1, count - 1)
            let loss = PowerCut.Loss.allCases.reversed()[cut % PowerCut.Loss.allCases.count]
            let place = "\(work.rawValue) at \(point), \(loss.rawValue), seed \(cut)"
            try await Installation.with(Self.shop) { installation in
                try await Self.prepare(installation)
                _ = try await PowerCut(installation: installation).run(work.rawValue, stopAt: point, loss, seed: cut)

                for _ in 0..<6 {
                    let ending = try await installation.tallyman("run", work.rawValue)
                    if ending.exit != 75 { break }
                }

                #expect(try await installation.query(LedgerDump.integrity) == ["('ok',)"], "\(place)")
                #expect(try await installation.query(LedgerDump.unbalanced) == [], "\(place)")
                try Self.expectDone(work, installation, place)
            }
        }
        print("power cuts: \(share) of \(work.rawValue) at \(count) crossings")
    }

    private static func expectDone(_ work: Work, _ installation: Installation, _ place: String) throws {
        switch work {
        case .stock:
            for sku in "ABCDEFGHIJ" { #expect(installation.quantity(String(sku)) == "8", "\(place): \(sku)") }
        case .orders:
            let files = installation.names(in: "erp/in").filter { $0.hasSuffix(".csv") }
            let numbers = try files.flatMap { name in
                let text = try String(contentsOfFile: "\(installation.folder)/erp/in/\(name)", encoding: .utf8)
                return Set(text.components(separatedBy: "\r\n").dropFirst().filter { !$0.isEmpty }.map { $0.components(separatedBy: ",")[0] })
            }
            #expect(numbers.sorted() == ["000000101", "000000102", "000000103"], "\(place): \(files)")
        case .despatches:
            let shipments = installation.shop.withState { $0.sales.shipments }
            #expect(shipments.flatMap(\.tracks).map(\.number).sorted() == ["1551", "1552", "1553"], "\(place)")
            #expect(shipments.count == 3, "\(place)")
        }
    }
}
