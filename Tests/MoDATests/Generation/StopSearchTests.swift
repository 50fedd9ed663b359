// Stops in growing text against a search of the whole text, however it is cut.
// Not here: stops in requests (Serving/CompletionServiceTests.swift).
import TestSupport
import Testing

import MoDA

@Suite struct StopSearchTests {
  @Test func findsWhatASearchOfTheWholeFinds() {
    forAll(400, seed: 3) { random, seed in
      let letters = ["a", "b", "ä", "\r", "\n", "🙂"]
      func text(_ most: UInt64) -> String {
        (0..<random.next() % most).map { _ in letters[Int(random.next() % 6)] }.joined()
      }
      let whole = text(14)
      let stops = (0..<1 + random.next() % 3).map { _ in "\(letters[Int(random.next() % 6)])\(text(3))" }
      var search = StopSearch(stops), passed = ""
      for scalar in whole.unicodeScalars {
        let piece = search.append(String(scalar))
        passed += piece
      }
      let bytes = Array(whole.utf8)
      let place = bytes.indices.first { place in stops.contains { bytes[place...].starts(with: Array($0.utf8)) } }
      #expect(search.isFound == (place != nil), "\(whole.debugDescription) \(stops) seed \(seed)")
      passed += search.finish()
      let expected = place.map { String(decoding: bytes[..<$0], as: UTF8.self) } ?? whole
      #expect(passed == expected, "\(whole.debugDescription) \(stops) seed \(seed)")
    }
  }

  @Test func holdsBackNoMoreThanItMust() {
    var search = StopSearch(["END", "\n\n"])
    #expect(search.append("one ") == "one ")
    #expect(search.append("E") == "")
    #expect(search.append("N") == "")
    #expect(search.append("Ough") == "ENOugh")
    #expect(search.append("\n") == "")
    #expect(search.append("two") == "\ntwo")
    #expect(search.append(" E") == " ")
    #expect(search.append("ND of it") == "" && search.isFound)
    #expect(search.append("more") == "" && search.finish() == "")
  }
}
