// The configuration of servers.
// Not here: the server itself (HTTPServerTests.swift).
import Serving
import Testing

@Suite struct ServerConfigTests {
  @Test func listensOnThisMachineAloneByDefault() {
    #expect(ServerConfig().isLoopback)
    #expect(!ServerConfig(host: "0.0.0.0").isLoopback)
  }
}
