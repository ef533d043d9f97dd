/// `catalog/price/scope`: whether prices may differ between websites. No route tells it.
package enum PriceScope: String, Sendable, CaseIterable { case global, website }
