// Lives here: the command and its list of sub-commands.
// Not here: the sub-commands (TrainCommand.swift, EncodeCommand.swift, DecodeCommand.swift) and tokenizing (Text).

import ArgumentParser

@main
struct TokenizerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenizer",
    abstract: "Train byte-level BPE vocabularies, and turn text into tokens and back.",
    discussion: """
      A vocabulary is a Hugging Face tokenizer.json. Files of OLMo, OLMo 2, GPT-NeoX, GPT-2, Llama 3 and Qwen2 give \
      the same tokens as the reference library; files that ask for something that is not supported are refused with \
      the key that asks for it.

      A first round trip:
        tokenizer train LICENSE --size 1000 --output tokenizer.json
        tokenizer encode --tokenizer tokenizer.json --text "Hello, world!"
        tokenizer decode --tokenizer tokenizer.json 40 69 434 79
      """,
    subcommands: [TrainCommand.self, EncodeCommand.self, DecodeCommand.self])
}
