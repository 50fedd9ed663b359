// The values of a conversation.

import Chat
import Testing

@Suite("Chat messages")
struct ChatModelTests {
  @Test("a message gives its text and its pictures apart, in order")
  func parts() {
    let image = ChatImage(bytes: [1, 2], mediaType: "image/png")
    let message = ChatMessage(.user, [.text("a"), .image(image), .text("b")])
    #expect(message.text == "a\nb")
    #expect(message.images == [image])
  }
}
