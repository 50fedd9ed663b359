// Scenes to hear, drawn at random.
// Not here: the tests.

import Foundation
import SpatialAudio
import TestSupport

extension SceneTarget {
  /// A scene of `count` sources that stay where they are, over `moments` moments.
  static func random(_ random: inout TestRandom, sources count: Int, classes: Int, moments: Int) -> SceneTarget {
    func uniform(_ low: Double, _ high: Double) -> Double {
      low + (high - low) * Double(random.next() >> 11) * 0x1p-53
    }
    let sources = (0..<count).map { _ in
      let place = Place(
        direction: Direction(azimuth: uniform(-180, 180), elevation: uniform(-60, 60)), distance: uniform(0.7, 4.5))
      return Source(
        classIndex: Int(uniform(0, Double(classes) - 1e-9)), places: Array(repeating: place, count: moments),
        activity: (0..<moments).map { _ in uniform(0, 1) < 0.6 })
    }
    return SceneTarget(sources: sources, decay: uniform(0.2, 0.8), volume: uniform(40, 300))
  }
}
