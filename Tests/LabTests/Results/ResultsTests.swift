// Results files in their exact form, and tables made from them.

import Foundation
import Lab
import Testing

@Suite struct ResultsTests {
  private static let machine = ResultMachine(
    cpu: "Test CPU", cores: 2, isa: "avx512", blas: "OpenBLAS 0.3.21 Cooperlake",
    environment: ["OPENBLAS_NUM_THREADS": "2"])

  private static let file = ResultFile(
    name: "bench-attention", command: "make bench-attention", machine: machine,
    rows: [
      ResultRow(
        id: "attention.fwd.f32.T4096.ratio_torch", value: 1.62, unit: "ratio", n: 15,
        spread: Interval(lower: 1.55, upper: 1.68), ours: 0.0874, peer: 0.1416, peerName: "torch 2.13.0+cpu",
        threads: 2, shape: ["B": 1, "H": 8, "T": 4096, "d": 64]),
      ResultRow(id: "pool.misses", value: 0, unit: "count", n: 1, spread: Interval(lower: 0, upper: 0)),
    ],
    source: SourceState(commit: "0123456789abcdef0123456789abcdef01234567", hasChanges: true),
    date: Date(timeIntervalSince1970: 1_796_026_500))

  @Test func theForm() throws {
    let directory = try TestDirectory()
    try Self.file.write(to: directory.file("Docs/Results"))
    #expect(
      try directory.text("Docs/Results/bench-attention.json") == """
        {
          "name": "bench-attention",
          "command": "make bench-attention",
          "commit": "0123456789abcdef0123456789abcdef01234567+changes",
          "date": "2026-11-30",
          "machine": {"cpu": "Test CPU", "cores": 2, "isa": "avx512", "blas": "OpenBLAS 0.3.21 Cooperlake", \
        "environment": {"OPENBLAS_NUM_THREADS": "2"}},
          "rows": [
            {"id": "attention.fwd.f32.T4096.ratio_torch", "value": 1.62, "unit": "ratio", "n": 15, \
        "spread": [1.55, 1.68], "ours": 0.0874, "peer": 0.1416, "peer_name": "torch 2.13.0+cpu", "threads": 2, \
        "shape": {"B": 1, "H": 8, "T": 4096, "d": 64}},
            {"id": "pool.misses", "value": 0, "unit": "count", "n": 1, "spread": [0, 0]}
          ]
        }

        """)
    #expect(try ResultFile(reading: directory.file("Docs/Results/bench-attention.json")) == Self.file)
  }

  @Test func ratiosOfTimes() {
    let ours = [1.0, 1, 1, 1, 1, 1, 2]
    let peer = [2.0, 3, 4, 5, 6, 7, 8]
    let row = ResultRow.timeRatio(
      id: "a.b", ours: ours, peer: peer, peerName: "peer 1", threads: 1, shape: ["T": 1])
    #expect(row.value == 4)
    #expect(row.spread == [3.5, 5.5])
    #expect(row.ours == 1)
    #expect(row.peer == 5)
    #expect(row.n == 7)
  }

  @Test func rowsThatBreakTheForm() throws {
    func message(_ change: (inout ResultRow) -> Void) -> String {
      var file = Self.file
      change(&file.rows[0])
      let directory = try? TestDirectory()
      let error = #expect(throws: ResultError.self) {
        try file.write(to: directory?.url ?? URL(fileURLWithPath: "/nowhere"))
      }
      #expect(directory?.names == [])
      return error?.description ?? ""
    }
    #expect(message { $0.id = "a" } == "result row 'a': expected a dotted name without spaces, got 'a'.")
    #expect(message { $0.id = "a. b" }.contains("a dotted name"))
    #expect(message { $0.value = .nan }.contains("expected finite numbers, got nan"))
    #expect(message { $0.spread = [2, 1] }.contains("a lower and an upper end"))
    #expect(message { $0.spread = [] }.contains("a lower and an upper end"))
    #expect(message { $0.n = 0 }.contains("n of at least 1"))
    #expect(message { $0.unit = "" }.contains("a unit"))
    #expect(message { $0.peerName = nil }.contains("a peer with its name"))
  }

  @Test(arguments: ["", "{}", "[]", "{\"name\": 3}", "{\"name\": \"a\", \"rows\": [}"]) func hostileFiles(text: String)
    throws
  {
    let directory = try TestDirectory()
    try Data(text.utf8).write(to: directory.file("a.json"))
    let error = #expect(throws: ResultError.self) { try ResultFile(reading: directory.file("a.json")) }
    #expect(error?.description.contains("a.json") == true)
  }

  @Test func tables() {
    #expect(
      ResultsTable.markdown([Self.file]) == """
        | Figure | Value | Unit | Spread | n | Ours | Peer | Peer's name | Shape |
        | :--- | ---: | :--- | ---: | ---: | ---: | ---: | :--- | :--- |
        | `attention.fwd.f32.T4096.ratio_torch` | 1.62 | ratio | 1.55 – 1.68 | 15 | 0.0874 | 0.142 | torch 2.13.0+cpu | \
        B=1, H=8, T=4096, d=64, 2 threads |
        | `pool.misses` | 0.00 | count | 0.00 – 0.00 | 1 |  |  |  |  |

        Measured by `make bench-attention` on 2026-11-30 at commit `0123456789ab` with changes: Test CPU, 2 cores, \
        avx512, OpenBLAS 0.3.21 Cooperlake.
        """)
    #expect(!ResultsTable.markdown([Self.file], prefix: "pool.").contains("Peer"))
  }

  @Test func markersInDocuments() throws {
    let document = """
      # Speed

      <!-- results: bench-attention prefix=pool. -->
      | old |
      <!-- /results -->

      The end. <!-- results: bench-attention --><!-- /results -->
      """
    let updated = try ResultsTable.updated(document, with: [Self.file])
    #expect(updated.hasPrefix("# Speed\n\n<!-- results: bench-attention prefix=pool. -->\n| Figure |"))
    #expect(!updated.contains("| old |"))
    #expect(updated.components(separatedBy: "<!-- /results -->").count == 3)
    #expect(try ResultsTable.updated(updated, with: [Self.file]) == updated)
    #expect(try ResultsTable.updated("no markers", with: []) == "no markers")
  }

  @Test(arguments: [
    "<!-- results: nobody --><!-- /results -->", "<!-- results: bench-attention", "<!-- results: bench-attention -->",
    "<!-- results: bench-attention prefix=x --><!-- /results -->", "<!-- results: --><!-- /results -->",
  ]) func brokenMarkers(document: String) {
    #expect(throws: ResultError.self) { try ResultsTable.updated(document, with: [Self.file]) }
  }
}
