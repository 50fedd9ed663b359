import Testing
import Text
@Suite struct SmokeTests { @Test func a() { #expect(ByteTokenizer().encode("a") == [97]) } }
