#!/usr/bin/env python3
"""Writes Tests/Fixtures/tokenizers: what the reference library `tokenizers` does, for the tests of `Text`.

Usage: python3 Scripts/golden/tokenizer_fixtures.py [folder with allenai_dolma2.json and gpt-neox.json]
       (standard folder: Data/cache/tokenizers; needs: pip install tokenizers==0.23.3; about a minute)

Files, all of at most 100 KB:
  strings-*.json      the texts, in order
  small-*.json        vocabularies trained by the library on these texts and LICENSE, as the library saves them
  <name>-ids-*.txt    identifiers, one line for each text: small-gpt2, small-gpt4, small-qwen2, dolma2, gpt-neox
  <name>-repeats.txt  long repeated texts: number of identifiers, their FNV-1a, the first twelve
  variants.json       small tokenizers with unusual options, with encodings
  saved.txt           length and FNV-1a of dolma2 and gpt-neox as the library saves them, pretty and compact
  decodings.json      random identifiers decoded with small-gpt4
  training.json       tiny corpora with the merges that the library learns
  composition.json    texts and their NFC by the library
  classes.json        ranges of letters, numbers, white space and word characters by the library
"""

import json
import pathlib
import random
import sys

sys.path.pop(0)  # this script has the library's name
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import token_strings
import unicode_classes

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGET = ROOT / "Tests" / "Fixtures" / "tokenizers"
LIMIT = 100_000

NUMBER = {"gpt4": r"\p{N}{1,3}", "qwen2": r"\p{N}"}
GPT4 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|%s| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def save(name, text):
    data = text.encode("utf-8")
    assert len(data) <= LIMIT, (name, len(data))
    (TARGET / name).write_bytes(data)


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def save_parts(stem, suffix, items, render):
    """Writes items to numbered files, each as long as the limit allows."""
    part, start = 1, 0
    while start < len(items):
        end = start
        size = 2
        while end < len(items) and size + len(render([items[end]]).encode()) < LIMIT - 10:
            size += len(render([items[end]]).encode())
            end += 1
        save(f"{stem}-{part}{suffix}", render(items[start:end]))
        part, start = part + 1, end


def cutter(kind, add_prefix_space=False):
    if kind == "gpt2":
        return pre_tokenizers.ByteLevel(add_prefix_space=add_prefix_space)
    return pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(GPT4 % NUMBER[kind]), behavior="isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=add_prefix_space, use_regex=False),
    ])


def train(texts, kind, size, special=("<|endoftext|>",), frequency=0, normalizer=None):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = cutter(kind)
    tokenizer.decoder = decoders.ByteLevel()
    if normalizer:
        tokenizer.normalizer = normalizer
    tokenizer.train_from_iterator(
        texts,
        trainers.BpeTrainer(
            vocab_size=size, min_frequency=frequency, special_tokens=list(special), show_progress=False,
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        ),
    )
    return tokenizer


def encodings(name, tokenizer, texts):
    """Identifiers of every text, checked to decode to the text (or to its NFC)."""
    lines = []
    for text in texts:
        ids = tokenizer.encode(text).ids
        expected = tokenizer.normalizer.normalize_str(text) if tokenizer.normalizer else text
        # Special tokens are taken out before the text is normalised, so marks behind them stay apart.
        if not any(special in text for special in token_strings.SPECIAL):
            assert tokenizer.decode(ids, skip_special_tokens=False) == expected, (name, text)
        lines.append(" ".join(map(str, ids)))
    save_parts(f"{name}-ids", ".txt", lines, lambda part: "\n".join(part) + "\n")
    rows = []
    for unit, count in token_strings.repeats():
        ids = tokenizer.encode(unit * count).ids
        rows.append(f"{len(ids)} {fnv(ids):016x} " + " ".join(map(str, ids[:12])))
    save(f"{name}-repeats.txt", "\n".join(rows) + "\n")


def fnv(ids):
    """FNV-1a with 64 bits of identifiers, each as four little-endian bytes."""
    return fnv_bytes(b"".join(i.to_bytes(4, "little") for i in ids))


def fnv_bytes(data):
    """FNV-1a with 64 bits."""
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return value


def variants():
    """Tokenizers with unusual options, over the byte alphabet and a few merges."""
    base = train(["the theme then other hello help yellow hell  the 12 123 don't"] * 3, "gpt4", 290)
    texts = [
        "", " ", "hello", " hello", "hello the", "the  <m>  theme", "<m>", "a<m>b", "a <m> b", "a\t<m>\n <m> b", "<m><m>", "\u0301<m>", "<m>\u0301", "x-<m>-y",
        "<m2> <m>", " <l>  <r>  <l> ", "<lr>  <lr>", "don't DON'T", "123456 1", "a  b", "a \n b", "<|endoftext|>", "hello<|endoftext|>the", "<|endoftext|>  <m>",
        "e\u0301 \u00e9", "<e\u0301>", "<\u00e9>", "\u212b<A\u030a>", "hello, world! hello", "  the   the    the     the", "\u00a0<m>\u2003<r>\u3000x", "l l  l", "<m>1<m>_<m>",
    ]

    def options(configure):
        tokenizer = Tokenizer.from_str(base.to_str())
        configure(tokenizer)
        return tokenizer

    split = lambda pattern, behavior, invert=False: pre_tokenizers.Split(pattern, behavior, invert)
    chain = lambda *steps: pre_tokenizers.Sequence([*steps, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    gpt4 = Regex(GPT4 % NUMBER["gpt4"])
    made = {}
    for name, flags in {
        "plain": {}, "single word": {"single_word": True}, "strip left": {"lstrip": True}, "strip right": {"rstrip": True},
        "strip both": {"lstrip": True, "rstrip": True}, "all": {"single_word": True, "lstrip": True, "rstrip": True},
    }.items():
        for normalized in (False, True):
            def configure(t, flags=flags, normalized=normalized):
                t.normalizer = normalizers.NFC()
                t.add_tokens([AddedToken(c, normalized=normalized, **flags) for c in ("<m>", "<m2>", "<l>", "<r>", "<lr>", "<e\u0301>", "<A\u030a>", "  ")])
            made[f"added tokens, {name}, normalized {normalized}"] = options(configure)
    def mixed(t):
        t.add_tokens([AddedToken("<l>", lstrip=True, normalized=False), AddedToken("<r>", rstrip=True, normalized=False),
                      AddedToken("<m>", single_word=True, normalized=False), AddedToken("the", normalized=True), AddedToken("   ", normalized=False)])
        t.add_special_tokens([AddedToken("<lr>", lstrip=True, rstrip=True), AddedToken("<m2>", normalized=True)])
    made["added tokens, mixed"] = options(mixed)
    for behavior in ("isolated", "removed", "merged_with_previous", "merged_with_next", "contiguous"):
        for invert in (False, True):
            made[f"split l, {behavior}, invert {invert}"] = options(lambda t: setattr(t, "pre_tokenizer", chain(split("l", behavior, invert))))
            made[f"split gpt4, {behavior}, invert {invert}"] = options(lambda t: setattr(t, "pre_tokenizer", chain(split(gpt4, behavior, invert))))
    for kind in ("gpt2", "gpt4", "qwen2"):
        made[f"prefix space, {kind}"] = options(lambda t: setattr(t, "pre_tokenizer", cutter(kind, add_prefix_space=True)))
    made["split then expression"] = options(lambda t: setattr(t, "pre_tokenizer", pre_tokenizers.Sequence(
        [split(" ", "merged_with_next"), pre_tokenizers.ByteLevel(add_prefix_space=True, use_regex=True)])))
    made["no cutting"] = options(lambda t: setattr(t, "pre_tokenizer", pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)))
    def template(t, single="<s> $A </s>", more=None):
        t.add_special_tokens(["<s>", "</s>"])
        process = processors.TemplateProcessing(single=single, pair="<s> $A </s> $B </s>", special_tokens=[("<s>", t.token_to_id("<s>")), ("</s>", t.token_to_id("</s>"))])
        t.post_processor = processors.Sequence([processors.ByteLevel(trim_offsets=False), process]) if more else process
    made["template"] = options(template)
    made["template, twice before"] = options(lambda t: template(t, "<s> <s> $A"))
    made["template in a sequence"] = options(lambda t: template(t, more=True))
    def whole(t):
        data = json.loads(t.to_str())
        data["model"]["ignore_merges"] = True
        data["model"]["vocab"]["\u0120yellowhelp"] = len(data["model"]["vocab"])
        data["model"]["vocab"]["theme12"] = len(data["model"]["vocab"])
        return Tokenizer.from_str(json.dumps(data))
    made["whole pieces"] = whole(options(lambda t: setattr(t, "pre_tokenizer", chain(split(" ", "merged_with_next")))))
    cases = []
    for name, tokenizer in made.items():
        own = texts + [" yellowhelp theme12", "yellowhelp", "theme12 theme1"]
        rows = []
        for text in own:
            tokenizer.encode_special_tokens = False
            full, bare = tokenizer.encode(text).ids, tokenizer.encode(text, add_special_tokens=False).ids
            tokenizer.encode_special_tokens = True
            as_text = tokenizer.encode(text, add_special_tokens=False).ids
            tokenizer.encode_special_tokens = False
            rows.append([text, full, bare if bare != full else 0, as_text if as_text != bare else 0])
        cases.append({"name": name, "tokenizer": difference(json.loads(base.to_str()), json.loads(tokenizer.to_str())), "encodings": rows})
    document = {"base": json.loads(base.to_str()), "cases": []}
    save_parts("variants", ".json", cases, lambda part: compact({"base": document["base"], "cases": part}))


def difference(base, other):
    """The members of `other` that differ from `base`; the model only if it does."""
    return {key: value for key, value in other.items() if base.get(key) != value}


def decodings():
    rng = random.Random(7)
    tokenizer = Tokenizer.from_file(str(TARGET / "small-gpt4.json"))
    size = tokenizer.get_vocab_size()
    rows = []
    for _ in range(400):
        ids = [rng.randrange(size) if rng.random() < 0.4 else rng.randrange(257) for _ in range(rng.randint(1, 12))]
        if rng.random() < 0.2:
            ids.insert(rng.randrange(len(ids)), rng.choice([0, size, size + 7]))
        full, bare = tokenizer.decode(ids, skip_special_tokens=False), tokenizer.decode(ids)
        rows.append([ids, full, bare])
    save("decodings.json", compact(rows))


def training():
    """Tiny corpora over few letters: many ties, and merges that make one text in two ways."""
    rng = random.Random(11)
    cases = []
    for index in range(24):
        letters = rng.choice(["ab", "abc", "abcd", "a b", "ab\u00e9", "aaab"])
        texts = ["".join(rng.choice(letters) for _ in range(rng.randint(1, 14))) for _ in range(rng.randint(3, 60))]
        kind, size = rng.choice(["gpt2", "gpt4", "qwen2"]), 257 + rng.randint(0, 60)
        special = rng.choice([["<|endoftext|>"], ["<a>", "<b>", "<a>"], ["a", "ab"], []])
        frequency = rng.choice([0, 0, 2, 3])
        runs = [json.loads(train(texts, kind, size + 3, special, frequency).to_str()) for _ in range(5)]
        assert all(run == runs[0] for run in runs), "the reference is not deterministic here"
        cases.append({"texts": texts, "kind": kind, "size": size + 3, "special": special, "frequency": frequency,
                      "vocabulary": list(runs[0]["model"]["vocab"]), "merges": runs[0]["model"]["merges"]})
    save_parts("training", ".json", cases, compact)


def composition():
    rng = random.Random(5)
    nfc = normalizers.NFC().normalize_str
    marks, bases, changing = (sorted(s) for s in unicode_classes.normalisation())
    rows = [[chr(c), nfc(chr(c))] for c in changing[::3]]
    while len(rows) < 2400:
        text = ""
        for _ in range(rng.randint(1, 3)):
            text += chr(rng.choice(bases)) if rng.random() < 0.7 else token_strings.any_scalar(rng)
            text += "".join(chr(rng.choice(marks)) for _ in range(rng.randint(0, 4)))
        rows.append([text, nfc(text) if nfc(text) != text else 0])
    save_parts("composition", ".json", rows, compact)


def classes():
    def ranges(scalars):
        runs = []
        for c in sorted(scalars):
            if runs and runs[-1][1] == c - 1:
                runs[-1][1] = c
            else:
                runs.append([c, c])
        return [x for run in runs for x in run]

    save("classes.json", compact({
        "letter": ranges(unicode_classes.members(r"\p{L}")), "number": ranges(unicode_classes.members(r"\p{N}")),
        "space": ranges(unicode_classes.members(r"\s")), "word": ranges(unicode_classes.words()),
    }))


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "Data" / "cache" / "tokenizers"
    TARGET.mkdir(parents=True, exist_ok=True)
    for old in TARGET.iterdir():
        old.unlink()
    texts = token_strings.texts()
    print(len(texts), "texts")
    save_parts("strings", ".json", texts, compact)
    corpus = texts + [(ROOT / "LICENSE").read_text(encoding="utf-8")]
    for kind, size, pretty, normalizer in (("gpt4", 1200, True, None), ("gpt2", 2500, False, normalizers.NFC()), ("qwen2", 700, False, None)):
        tokenizer = train(corpus, kind, size, normalizer=normalizer)
        save(f"small-{kind}.json", tokenizer.to_str(pretty=pretty))
        encodings(f"small-{kind}", tokenizer, texts)
    saved = []
    for name, file in (("dolma2", "allenai_dolma2.json"), ("gpt-neox", "gpt-neox.json")):
        tokenizer = Tokenizer.from_file(str(folder / file))
        encodings(name, tokenizer, texts)
        for pretty in (True, False):
            data = tokenizer.to_str(pretty=pretty).encode("utf-8")
            saved.append(f"{name} {len(data)} {fnv_bytes(data):016x}")
    save("saved.txt", "\n".join(saved) + "\n")
    variants()
    decodings()
    training()
    composition()
    classes()


if __name__ == "__main__":
    main()
