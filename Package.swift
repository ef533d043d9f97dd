// swift-tools-version: 6.2
import PackageDescription

/// `TALLYMAN_CORE=1` leaves out every target that needs SwiftNIO, so that the core's tests build in seconds.
let isCoreOnly = Context.environment["TALLYMAN_CORE"] == "1"

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let grdbSQLite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let httpClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let mustache: Target.Dependency = .product(name: "Mustache", package: "swift-mustache")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

/// The core: nothing here reaches SwiftNIO.
let core: [Target] = [
    .systemLibrary(name: "CFileSystem"),
    .systemLibrary(name: "CLibSSH2", pkgConfig: "libssh2", providers: [.apt(["libssh2-1-dev"])]),
    .target(name: "Domain", swiftSettings: strict),
    .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "Formats", dependencies: ["Domain", "CLibXML2", "CZlib", mustache], swiftSettings: strict),
    .target(name: "Endpoints", dependencies: ["Domain", "CFileSystem", "CLibSSH2", crypto], swiftSettings: strict),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .target(name: "StateStore", dependencies: ["Domain", "CSQLite", grdb, grdbSQLite], swiftSettings: strict),
    .target(name: "Engine", dependencies: ["Domain", "Formats", "Endpoints", "StateStore"], swiftSettings: strict),
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .target(name: "Reports", dependencies: ["Domain", "StateStore", "CCurl", mustache], swiftSettings: strict),
    .target(
        name: "TestKit",
        dependencies: ["Domain", "Endpoints"],
        path: "Tests/TestKit",
        swiftSettings: strict
    ),
    .testTarget(name: "DomainTests", dependencies: ["Domain", "TestKit"], swiftSettings: strict),
    .testTarget(name: "FormatsTests", dependencies: ["Formats", "TestKit"], swiftSettings: strict),
    .testTarget(name: "EndpointsTests", dependencies: ["Endpoints", "TestKit"], swiftSettings: strict),
    .testTarget(name: "StateStoreTests", dependencies: ["StateStore", "TestKit"], swiftSettings: strict),
    .testTarget(name: "ReportsTests", dependencies: ["Reports", "TestKit"], swiftSettings: strict),
]

/// What talks HTTP, and the two programs.
let network: [Target] = [
    .systemLibrary(name: "CMalloc"),
    .systemLibrary(name: "CArgon2", pkgConfig: "libargon2", providers: [.apt(["libargon2-dev"])]),
    .target(
        name: "Console",
        dependencies: ["Domain", "StateStore", "Engine", "Reports", "CArgon2", hummingbird, crypto],
        swiftSettings: strict
    ),
    .target(name: "Magento", dependencies: ["Domain", httpClient, crypto], swiftSettings: strict),
    .target(name: "Entities", dependencies: ["Domain", "Magento"], swiftSettings: strict),
    .target(name: "MagentoSandbox", dependencies: [hummingbird, crypto], swiftSettings: strict),
    .executableTarget(
        name: "magento-sandbox",
        dependencies: ["MagentoSandbox", arguments],
        swiftSettings: strict
    ),
    .executableTarget(
        name: "tallyman",
        dependencies: [
            "CMalloc", "Domain", "Formats", "Endpoints", "StateStore", "Magento", "Entities", "Engine", "Reports", "Console", arguments,
            hummingbird,
            httpClient,
            .product(name: "Yams", package: "Yams"),
        ],
        swiftSettings: strict
    ),
    .testTarget(name: "MagentoTests", dependencies: ["Magento", "MagentoSandbox", "TestKit"], swiftSettings: strict),
    .testTarget(name: "EntitiesTests", dependencies: ["Entities", "MagentoSandbox", "TestKit"], swiftSettings: strict),
    .testTarget(
        name: "EngineTests",
        dependencies: ["Engine", "Entities", "MagentoSandbox", "TestKit"],
        swiftSettings: strict
    ),
    .executableTarget(
        name: "simulation",
        dependencies: [
            "Domain", "Formats", "Endpoints", "StateStore", "Magento", "Entities", "Engine", "MagentoSandbox", "TestKit", "CSQLite", arguments,
            crypto,
        ],
        path: "Tests/Simulation",
        swiftSettings: strict
    ),
    .testTarget(name: "SimulationTests", dependencies: ["simulation", "TestKit"], swiftSettings: strict),
    .testTarget(name: "MagentoSandboxTests", dependencies: ["MagentoSandbox", "TestKit"], swiftSettings: strict),
    .testTarget(name: "ConsoleTests", dependencies: ["Console", "Entities", "TestKit", crypto], swiftSettings: strict),
    .testTarget(
        name: "TallymanTests",
        dependencies: ["tallyman", "magento-sandbox", "MagentoSandbox", "TestKit"],
        swiftSettings: strict
    ),
]

let coreDependencies: [Package.Dependency] = [
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
]
let networkDependencies: [Package.Dependency] = [
    .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
]

let package = Package(
    name: "tallyman",
    dependencies: coreDependencies + (isCoreOnly ? [] : networkDependencies),
    targets: core + (isCoreOnly ? [] : network),
    swiftLanguageModes: [.v6]
)
