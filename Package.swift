// swift-tools-version: 6.2
//
// Strict layers, lowest first; an arrow in Docs/Architecture.md is a line here.
//   L0  COpenBLAS (system)  COneDNN (loaded when asked for)  CKernels (SIMD)
//   L1  Tensor   Text   Lab
//   L2  NN   Benchmarks
//   L3  MoDA
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
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

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
    .library(name: "MoDA", targets: ["MoDA"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .target(
      name: "COneDNN", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux])), .linkedLibrary("pthread")]),
    .target(name: "CKernels", exclude: ["README.md"]),
    library("Tensor", ["COpenBLAS", "COneDNN", "CKernels"]),
    library("Text", [collections]),
    library("Lab", [yams, arguments, logging]),
    library("NN", ["Tensor"]),
    library("Benchmarks", ["Tensor", "CKernels", "Lab", logging]),
    library("MoDA", ["NN", "Tensor", "Text", "Lab", logging]),

    experiment("moda-lm", ["MoDA", "Benchmarks", "Lab"]),
    experiment("tokenizer", ["Text", "Lab"]),
    experiment("tensor-bench", ["Benchmarks", "Lab"]),
    experiment("moda-kernel", ["Benchmarks", "Lab"]),

    .target(
      name: "TestSupport", dependencies: ["Tensor", "NN"], path: "Tests/TestSupport", swiftSettings: settings),
    .executableTarget(
      name: "numerics", dependencies: ["TestSupport", "Tensor", "Lab", arguments], path: "Tests/NumericsReport",
      swiftSettings: settings),
    tests("Tensor", ["Tensor", "CKernels", "TestSupport"]),
    tests("NN", ["NN", "Tensor", "TestSupport"]),
    tests("Text", ["Text"]),
    tests("Lab", ["Lab", arguments, logging]),
    tests("Benchmarks", ["Benchmarks", "CKernels", "Tensor", "Lab"]),
    tests("MoDA", ["MoDA", "NN", "Tensor", "Text", "Lab", "TestSupport", "moda-lm"]),
    tests("Repository", ["MoDA", "Lab"]),
  ]
)
