// swift-tools-version: 6.2
//
// Strict layers, lowest first; an arrow in Docs/Architecture.md is a line here.
//   L0  COpenBLAS COpenSSL CSndFile CFFTW CSampleRate CMySofa CPNG CJPEG CFreeType (system)
//       COneDNN (loaded when asked for)  CImageIO (libpng, libjpeg)  CKernels (SIMD)
//   L1  Tensor   Text   Lab
//   L2  NN   Benchmarks   Media   Chat   Serving
//   L3  MoDA   SpatialAudio   ZoomDistill
//   L4  executables, one folder each
import PackageDescription

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let collections: Target.Dependency = .product(name: "HeapModule", package: "swift-collections")
let network: [Target.Dependency] = ["NIOCore", "NIOPosix", "NIOHTTP1"].map { .product(name: $0, package: "swift-nio") }
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let database: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

/// A library of the system: `Sources/<name>` holds its module map.
func system(_ name: String, pkgConfig: String, apt: String) -> Target {
  .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])])
}

/// A library of the package: `Sources/<name>`.
func library(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// An experiment or tool: `Sources/Experiments/<name>`, thin by rule.
func experiment(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(
    name: name, dependencies: dependencies + [arguments], path: "Sources/Experiments/\(name)", swiftSettings: settings)
}

/// The tests of one target: `Tests/<name>Tests`.
func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: "\(name)Tests", dependencies: dependencies, swiftSettings: settings)
}

let package = Package(
  name: "depth-zoom-sound",
  products: [
    .library(name: "Tensor", targets: ["Tensor"]),
    .library(name: "NN", targets: ["NN"]),
    .library(name: "Text", targets: ["Text"]),
    .library(name: "Lab", targets: ["Lab"]),
    .library(name: "Media", targets: ["Media"]),
    .library(name: "Chat", targets: ["Chat"]),
    .library(name: "Serving", targets: ["Serving"]),
    .library(name: "MoDA", targets: ["MoDA"]),
    .library(name: "SpatialAudio", targets: ["SpatialAudio"]),
    .library(name: "ZoomDistill", targets: ["ZoomDistill"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.80.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    system("COpenBLAS", pkgConfig: "openblas", apt: "libopenblas-dev"),
    system("COpenSSL", pkgConfig: "libcrypto", apt: "libssl-dev"),
    system("CSndFile", pkgConfig: "sndfile", apt: "libsndfile1-dev"),
    system("CFFTW", pkgConfig: "fftw3f", apt: "libfftw3-dev"),
    system("CSampleRate", pkgConfig: "samplerate", apt: "libsamplerate0-dev"),
    system("CMySofa", pkgConfig: "libmysofa", apt: "libmysofa-dev"),
    system("CPNG", pkgConfig: "libpng", apt: "libpng-dev"),
    system("CJPEG", pkgConfig: "libjpeg", apt: "libjpeg-dev"),
    system("CFreeType", pkgConfig: "freetype2", apt: "libfreetype-dev"),
    .target(
      name: "COneDNN", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux])), .linkedLibrary("pthread")]),
    .target(name: "CImageIO", dependencies: ["CPNG", "CJPEG"]),
    .target(name: "CKernels", exclude: ["README.md"]),
    library("Tensor", ["COpenBLAS", "COneDNN", "CKernels"]),
    library("Text", [collections]),
    library("Lab", ["COpenSSL", yams, arguments, logging]),
    library("NN", ["Tensor"]),
    library("Benchmarks", ["Tensor", "CKernels", "Lab", logging]),
    library("Media", ["Tensor", "Lab", "CSndFile", "CFFTW", "CSampleRate", "CMySofa", "CImageIO", "CFreeType"]),
    library("Chat", ["Lab"]),
    library("Serving", ["Lab"] + network),
    library("MoDA", ["NN", "Tensor", "Text", "Serving", "Lab", logging]),
    library("SpatialAudio", ["NN", "Tensor", "CKernels", "Media", "Lab", logging]),
    library("ZoomDistill", ["Tensor", "Media", "Chat", "Lab", database, logging]),

    experiment("moda-lm", ["MoDA", "Serving", "Benchmarks", "Lab"]),
    experiment("moda-study", ["MoDA", "Tensor", "Lab"]),
    experiment("tokenizer", ["Text", "Lab"]),
    experiment("tensor-bench", ["Benchmarks", "Lab"]),
    experiment("moda-kernel", ["Benchmarks", "Lab"]),
    experiment("foa-simulate", ["SpatialAudio", "Media", "Tensor", "Lab", logging]),
    experiment("foa-encoder", ["SpatialAudio", "Tensor", "Lab", logging]),
    experiment("foa-localize", ["SpatialAudio", "Media", "Tensor", "Lab", logging]),
    experiment("seld-score", ["SpatialAudio", "Lab", logging]),
    experiment("zoom-build", ["ZoomDistill", "Media", "Chat", "Tensor", "Lab", logging]),
    experiment("zoom-bench", ["ZoomDistill", "Media", "Chat", "Tensor", "Lab", logging]),
    experiment("zoom-scenes", ["ZoomDistill", "Media", "Chat", "Tensor", "Lab", logging]),

    .target(
      name: "TestSupport", dependencies: ["Tensor", "NN", "Serving"], path: "Tests/TestSupport", swiftSettings: settings
    ),
    .executableTarget(
      name: "numerics", dependencies: ["TestSupport", "Tensor", "Lab", arguments], path: "Tests/NumericsReport",
      swiftSettings: settings),
    tests("Tensor", ["Tensor", "CKernels", "TestSupport"]),
    tests("NN", ["NN", "Tensor", "TestSupport"]),
    tests("Text", ["Text"]),
    tests("Lab", ["Lab", arguments, logging]),
    tests("Benchmarks", ["Benchmarks", "CKernels", "Tensor", "Lab"]),
    tests(
      "MoDA",
      ["MoDA", "NN", "Tensor", "Text", "Serving", "Chat", "Lab", "TestSupport", "moda-lm", "moda-study"]),
    tests("Media", ["Media", "Lab", "CImageIO", "TestSupport"]),
    tests("Chat", ["Chat", "Lab", "TestSupport"]),
    tests("Serving", ["Serving", "Chat", "Lab", "TestSupport"]),
    tests("SpatialAudio", ["SpatialAudio", "NN", "Media", "Tensor", "CKernels", "Lab", "TestSupport", logging]),
    tests(
      "ZoomDistill", ["ZoomDistill", "Media", "Chat", "Tensor", "Lab", "TestSupport", "zoom-build", database, logging]),
    tests("Repository", ["MoDA", "SpatialAudio", "ZoomDistill", "Lab"]),
  ]
)
