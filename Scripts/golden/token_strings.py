"""The texts on which tokenizers are compared: made from fixed seeds, of every kind that tends to break them.

Imported by tokenizers.py; not a program.
"""

import random
import unicodedata

SENTENCES = [
    "The quick brown fox jumps over the lazy dog.",
    "It's a shame we'd have to leave; they'll've gone, and I'm sure you're late.",
    "HE'LL SAY WE'RE WRONG, SHE'D SAY IT'S FINE. I'VE 'TIL NOON. Rock'n'roll 'em!",
    "Le cœur déçu mais l'âme plutôt naïve, Louÿs rêva de crapaüter en canoë au delà des îles.",
    "Falsches Üben von Xylophonmusik quält jeden größeren Zwerg.",
    "El pingüino Wenceslao hizo kilómetros bajo exhaustiva lluvia y frío, ¿añoraba a su querido cachorro?",
    "Zażółć gęślą jaźń; příliš žluťoučký kůň úpěl ďábelské ódy.",
    "Съешь же ещё этих мягких французских булок, да выпей чаю.",
    "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία.",
    "Pijamalı hasta yağız şoföre çabucak güvendi. İstanbul'da ısınıyor.",
    "我能吞下玻璃而不伤身体。今天的天气真好,我们去公园散步吧!",
    "私はガラスを食べられます。それは私を傷つけません。カタカナとひらがな。",
    "나는 유리를 먹을 수 있어요. 그래도 아프지 않아요. 한국어 띄어쓰기 시험.",
    "أنا قادر على أكل الزجاج و هذا لا يؤلمني. السَّلَامُ عَلَيْكُمْ ١٢٣٤",
    "אני יכול לאכול זכוכית וזה לא מזיק לי. שָׁלוֹם עוֹלָם",
    "मैं काँच खा सकता हूँ और मुझे उससे कोई चोट नहीं पहुंचती। क्षत्रिय १२३४५",
    "ฉันกินกระจกได้ แต่มันไม่ทำให้ฉันเจ็บ น้ำแข็ง ๑๒๓๔",
    "আমি কাঁচ খেতে পারি, তাতে আমার কোনো ক্ষতি হয় না।",
    "நான் கண்ணாடி சாப்பிடுவேன், அதனால் எனக்கு ஒரு கேடும் வராது.",
    "მე შემიძლია შუშის ჭამა და ეს არ მტკივა. Ես կարող եմ ապակի ուտել։",
    "Tôi có thể ăn thủy tinh mà không hại gì. Ngữ nghĩa học.",
    "ខ្ញុំអាចញុំកញ្ចក់បាន ដោយគ្មានបញ្ហា។ ཤེལ་སྒོ་ཟ་ནས་ང་ན་གི་མ་རེད།",
    "ᚠᛇᚻ ᛒᛦᚦ ᚠᚱᚩᚠᚢᚱ ᚠᛁᚱᚪ ᚷᛖᚻᚹᛦᛚᚳᚢᛗ; 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𝒯𝑒𝓍𝓉 𝟘𝟙𝟚 Ⅷ ½ ² ₃ ⑤",
]

EMOJI = [
    "😀", "🤦🏽‍♀️", "👨‍👩‍👧‍👦", "🏳️‍🌈", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🇩🇪", "🇯🇵🇺🇸", "👍🏿", "👩🏾‍🚀", "❤️‍🔥", "☃️", "1️⃣", "#️⃣", "🫠", "🧑‍🤝‍🧑",
    "🕵🏻‍♂️", "⛹🏼‍♀️", "🪿", "✈︎", "♾️", "🅰️", "🀄", "🦴", "🧬", "🥲",
]

CODE = [
    "def f(x: int) -> int:\n    return x**2 + 1  # square\n",
    "for (int i = 0; i < n; ++i) {\n\ta[i] += b[i] * 3.14e-10f;\n}\r\n",
    "fn main() { println!(\"{:?}\", vec![1u8, 0xFF, 0b1010]); }",
    "SELECT name, COUNT(*) FROM users WHERE id >= 1000 AND mail LIKE '%@example.org' GROUP BY name;",
    "let closure = { (x: Int, y: Int) -> Bool in x <= y && !(x == y || x != 0) }",
    "#include <stdio.h>\n\nint main(void)\n{\n        return 0;\n}\n",
    "<div class=\"a b\" id='c'>&nbsp;&amp;<br/></div><!-- note -->",
    "{\"key\": [1, 2.5, -3e+7, null, true], \"nested\": {\"a\\u00e9\": \"\\n\"}}",
    "$ grep -rn --include='*.swift' 'foo|bar' . | awk '{print $1}' > /dev/null 2>&1",
    "if __name__ == \"__main__\":\n\n\n    sys.exit(main())\n",
    "\\begin{equation} \\frac{\\partial L}{\\partial W_{ij}} = \\sum_k \\delta_k x_j \\end{equation}",
    "a->b; a::b; a?.b ?? c; a <=> b; a |> b; ~a ^ b; @media (max-width:600px){.x{color:#FFF}}",
    "\tif(x){\n\t\ty();\n\t}\n\n\n\telse\t{ }   \n   \n",
]

URLS = [
    "https://www.example.org/a/b?c=d&e=f%20g#h", "http://127.0.0.1:8080/index.html", "ftp://files.example.net/~user/",
    "mailto:someone@" "example.com?subject=Hi%21", "www.example.co.uk/path_(x)", "//cdn.example.com/lib@1.2.3/x.min.js",
    "C:\\Users\\Name\\file.txt", "/usr/" "local/bin/../lib", "git@" "example.org:a/b.git", "ab+c.d_e-f@g-h.example",
    "192." "168.0.1", "2001:0db8:85a3::8a2e:0370:7334", "doi:10.1000/182", "arXiv:1508.07909v5",
]

SPACES = [" ", "  ", "   ", "\t", "\n", "\r", "\r\n", "\u00a0", "\u2003", "\u3000", "\u200b", "\u2028", "\u0085", "\x0b", "\x0c",
          "\ufeff", "\u1680", "\u202f", "\u180e", "\u205f", "\x1c", "\x1f"]

CONTRACTIONS = ["'s", "'S", "'t", "'T", "'re", "'rE", "'RE", "'ve", "'VE", "'m", "'M", "'ll", "'lL", "'LL", "'d", "'D", "'\u017f",
                "'\u017ft", "'l", "'r", "'v", "''", "'x", "\u2019s", "' s", "'le", "'sd", "'ree", "'dd", "'mm", "'Ll'Re"]

SPECIAL = ["<|endoftext|>", "<|padding|>", "<|im_start|>", "<|im_end|>", "<|fim_prefix|>", "|||PHONE_NUMBER|||",
           "|||EMAIL_ADDRESS|||", "|||IP_ADDRESS|||", "<|extra_id_0|>", "<|extra_id_10|>", "<|endofprompt|>", "<|pad|>", "<|endoftext|",
           "|||PHONE_NUMBER||", "<|ENDOFTEXT|>"]

BASES = "aeoqzAEOZ\u00e9\u00ea\u0915\u0928\u05d0\u0627\u0e01\uac00\uac01\u1100\u0308\u30ab\u3046\u1025\u0b47\u0d46\u09c7\u212b\u0958\ufb1d\u2126"
MARKS = "\u0300\u0301\u0302\u0303\u0308\u030a\u0323\u0327\u0328\u0331\u0338\u0345\u05b0\u05bc\u0651\u064e\u0653\u093c\u094d\u09be\u0b3e" \
        "\u0d3e\u0e38\u0e48\u0f71\u0f72\u0f73\u0f75\u0f81\u102e\u1161\u11a8\u3099\u309a\u0334\u20d2\u1dce\u0958\u08d3\u1df6\u0344"


def words(rng):
    """A word-like text of a random script."""
    ranges = [(0x61, 0x7A), (0x41, 0x5A), (0x3B1, 0x3C9), (0x430, 0x44F), (0x5D0, 0x5EA), (0x621, 0x64A), (0x905, 0x939), (0xE01, 0xE2E),
              (0x4E00, 0x9FFF), (0x3041, 0x3096), (0xAC00, 0xD7A3), (0x10A0, 0x10FF), (0x1200, 0x1248), (0x20000, 0x2A6DF), (0x31350, 0x323AF)]
    low, high = rng.choice(ranges[: 2 if rng.random() < 0.4 else len(ranges)])
    return "".join(chr(rng.randint(low, high)) for _ in range(rng.randint(1, 9)))


def any_scalar(rng):
    """Any scalar value, half of them from the lower planes."""
    while True:
        c = rng.randint(0, rng.choice([0xFF, 0x7FF, 0xFFFF, 0x1FFFF, 0x3FFFF, 0x10FFFF]))
        if not 0xD800 <= c < 0xE000:
            return chr(c)


def texts():
    """About 2,300 texts, all different, in a fixed order."""
    rng = random.Random(20240607)
    pick = rng.choice
    out = ["", " ", "  ", "\n", "\n\n", "\r\n\r\n", "'", "''", "a", "\u0000", "\u00e9", "e\u0301", "\ufffd", "\U0010ffff"]
    out += SENTENCES + CODE + URLS + EMOJI + SPACES + CONTRACTIONS + SPECIAL
    out += [s.upper() for s in SENTENCES[:10]] + [unicodedata.normalize("NFD", s) for s in SENTENCES]
    out += [s.replace(" ", pick(SPACES)) for s in SENTENCES]

    def several(count, make):
        out.extend(make() for _ in range(count))

    join = lambda count, *makers: "".join(pick(makers)() for _ in range(count))
    emoji, space = lambda: pick(EMOJI), lambda: pick(SPACES)
    several(120, lambda: join(rng.randint(1, 6), emoji, emoji, lambda: words(rng), space))
    several(200, lambda: join(rng.randint(1, 7), space, space, lambda: words(rng), lambda: pick(".,!?-'")))
    several(100, lambda: join(rng.randint(2, 9), lambda: "\n", lambda: " ", lambda: "\r", lambda: "\t", lambda: "x", lambda: "."))
    several(150, lambda: words(rng) + pick(CONTRACTIONS) + pick(["", " ", words(rng), pick(CONTRACTIONS)]))
    several(150, lambda: "".join(pick("0123456789") for _ in range(rng.randint(1, 14))) + pick(["", ".", ",", "%", "e", "\u00bd", "\u0664\u0665", "\u2167", "\u00b2"])
            + str(rng.randint(0, 10 ** rng.randint(0, 12))))
    several(120, lambda: join(rng.randint(1, 8), lambda: pick("{}[]()<>=+-*/%&|^~!@#$`\\;:,.?_\"'"), lambda: words(rng), lambda: " "))
    several(80, lambda: pick(CODE)[rng.randint(0, 12):][: rng.randint(6, 50)])
    several(70, lambda: pick(URLS) + pick(["", "/", " ", "?" + words(rng)]) + str(rng.randint(0, 99999)))
    several(120, lambda: join(rng.randint(1, 7), lambda: pick(BASES) + "".join(pick(MARKS) for _ in range(rng.randint(0, 4))), lambda: " "))
    several(120, lambda: join(rng.randint(2, 8), lambda: any_scalar(rng)))
    several(80, lambda: join(rng.randint(2, 6), lambda: chr(rng.randint(0, 0x9F)), lambda: "a", lambda: chr(rng.randint(0x300, 0x36F))))
    several(150, lambda: bytes(rng.randint(0, 255) for _ in range(rng.randint(3, 24))).decode("latin-1"))
    several(150, lambda: bytes(rng.randint(0, 255) for _ in range(rng.randint(3, 20))).decode("utf-8", "replace"))
    several(120, lambda: words(rng) + pick(["", " ", "\n"]) + pick(SPECIAL) + pick(["", " ", "  "]) + pick([words(rng), pick(SPECIAL)]))
    several(60, lambda: pick("ab .\n0-=_\u00e9\u4e00") * rng.randint(2, 60))
    several(60, lambda: " " * rng.randint(1, 40) + pick(["x", "\n", "\t", "", "1", "."]) + " " * rng.randint(0, 30) + words(rng))
    several(120, lambda: " ".join(pick(SENTENCES).split(" ")[rng.randint(0, 3):][: rng.randint(1, 6)]))
    several(100, lambda: " ".join(words(rng) for _ in range(rng.randint(2, 5))))
    unique = list(dict.fromkeys(out))
    for text in unique:
        text.encode("utf-8")
    return unique


def repeats():
    """Units and how often they are repeated: quadratic encoders do not come back from these."""
    return [("a", 10_000), (" ", 10_000), ("\n", 4_096), ("ab", 8_000), ("\u00e9", 5_000), ("\u4e2d", 5_000), ("=", 9_999), ("e\u0301\u0323", 3_000),
            ("\u0301\u0323", 4_000), (" a", 5_000), ("9", 10_000), ("\U0001F600", 2_500), ("'s", 4_000), ("a\u200d", 3_000)]
