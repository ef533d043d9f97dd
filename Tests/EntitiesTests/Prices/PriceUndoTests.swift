import Domain
import Magento
import MagentoSandbox
import TestKit
import Testing

@testable import Entities

/// What was sent can be taken back: the shop ends with the prices of before, to the last one (reliability C6).
struct PriceUndoTests {
    private struct Kind: Sendable {
        var definition: any EntityDefinition
        var applier: any AbsoluteApplier
        var makes: @Sendable (inout SeededRandom) -> [PriceEntry]
    }

    private static func price(_ random: inout SeededRandom) -> ExactDecimal {
        ExactDecimal(coefficient: Int64.random(in: 1...99_999, using: &random), scale: 2) ?? 1
    }

    private func kind(_ kind: PriceKind, _ shop: PriceShop) -> Kind {
        let rules = PriceRules(kind: kind, terms: PriceTerms(currency: "GBP", zone: shop.zone, scope: .website))
        let places: [PricePlace] = [.everywhere, .website("base"), .website("trade")]
        switch kind {
        case .base:
            return Kind(definition: PriceDefinition(rules), applier: shop.base) { random in
                [PriceEntry(.init(), .fixed(Self.price(&random)))]
            }
        case .cost:
            return Kind(definition: CostDefinition(rules), applier: shop.cost) { random in
                [PriceEntry(.init(), .fixed(Self.price(&random)))]
            }
        case .special:
            return Kind(definition: SpecialPriceDefinition(rules), applier: shop.special) { random in
                places.filter { _ in Bool.random(using: &random) }.map { place in
                    let start = UTCInstant(seconds: 1_795_219_200 + Int64.random(in: -9...9, using: &random) * 86_400)
                    let from = Bool.random(using: &random) ? start : nil
                    let to = Bool.random(using: &random) ? start.adding(.seconds(5 * 86_400)) : nil
                    return PriceEntry(.init(place: place), .fixed(Self.price(&random)), window: Window(from: from, to: to))
                }
            }
        case .tier:
            return Kind(definition: TierPriceDefinition(rules), applier: shop.tier) { random in
                var entries: [PriceEntry] = []
                for group in ["Trade A", "Trade B"] {
                    // A price for all websites and one for a single website exclude each other.
                    let chosen = Bool.random(using: &random) ? [places[0]] : Array(places.dropFirst())
                    for (place, quantity) in chosen.flatMap({ place in [1, 10].map { (place, ExactDecimal($0)) } }) where Bool.random(using: &random)
                    {
                        let amount: PriceEntry.Amount =
                            Bool.random(using: &random)
                            ? .discount(ExactDecimal(Int64.random(in: 1...99, using: &random))) : .fixed(Self.price(&random))
                        entries.append(PriceEntry(.init(place: place, group: group, quantity: quantity), amount))
                    }
                }
                return entries
            }
        }
    }

    @Test(arguments: PriceKind.allCases, 0..<6 as Range<UInt64>)
    func `C6 what was sent is taken back to the last price, and sent again without a difference`(_ kind: PriceKind, _ seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        try await PriceShop.run(
            products: 12,
            prepare: { state in
                state.prices.upsert(.init(audience: .group(2), quantity: Quantity(3), value: .fixed(Money(4))), of: 1)
            }
        ) { shop in
            let kind = self.kind(kind, shop)
            let skus = (0..<12).map { RecordKey(ApplierShop.sku($0)) }
            func change(_ index: Int, _ before: EncodedValue?, _ after: EncodedValue) -> Change {
                Change(id: Int64(index), key: skus[index], before: before, after: after, version: UTCInstant(seconds: 0))
            }
            // Some products have prices of the kind before, some have not.
            let first = skus.indices.filter { !$0.isMultiple(of: 3) }.map { change($0, nil, PriceValue(kind.makes(&random)).encoded) }
            #expect(try await kind.applier.apply(first).areAllApplied)
            let present = try await held(kind, first.isEmpty ? [] : skus.indices.map { change($0, nil, PriceValue().encoded) })

            let changes = skus.indices.map {
                change($0, (try? PriceValue(encoded: present[$0]))?.isEmpty == false ? present[$0] : nil, PriceValue(kind.makes(&random)).encoded)
            }
            #expect(try await kind.applier.apply(changes).areAllApplied, "seed \(seed)")
            let undone = changes.enumerated().compactMap { index, sent in
                kind.definition.restored(from: sent).map { change(index, sent.after, $0) }
            }
            #expect(try await kind.applier.apply(undone).areAllApplied, "seed \(seed)")

            #expect(try await held(kind, changes) == present, "seed \(seed)")
            #expect(shop.tiers("P-000").contains("Wholesale 3 = 4 @0"))
        }
    }

    private func held(_ kind: Kind, _ changes: [Change]) async throws -> [EncodedValue] {
        try await kind.applier.readBack(changes).map(\.value)
    }
}
