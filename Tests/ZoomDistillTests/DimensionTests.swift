// The six dimensions.

import Testing
import ZoomDistill

@Suite("Dimensions")
struct DimensionTests {
  @Test("there are six, and each is found by its name")
  func six() {
    #expect(Dimension.allCases.count == 6)
    for dimension in Dimension.allCases { #expect(Dimension(rawValue: dimension.rawValue) == dimension) }
  }
}
