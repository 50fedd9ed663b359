// Replies to questions of choice.
// Not here: open answers (ReplyTable+Open.swift).

extension ReplyCase {
  static let choice = rows(
    """
    options ¦ red ¦ blue ¦ green ¦ dark red
    correct ¦ B ¦ B
    correct ¦ B ¦ b
    correct ¦ B ¦ B.
    correct ¦ B ¦ (B)
    correct ¦ B ¦ (b)
    correct ¦ B ¦ B)
    correct ¦ B ¦ [B]
    correct ¦ B ¦ (B).
    correct ¦ B ¦ **B**
    correct ¦ B ¦ **B.**
    correct ¦ B ¦ `B`
    correct ¦ B ¦ "B"
    correct ¦ B ¦ ␠ B ␠
    correct ¦ B ¦ Ｂ
    correct ¦ B ¦ （B）
    correct ¦ B ¦ $B$
    correct ¦ B ¦ \\boxed{B}
    correct ¦ B ¦ \\boxed{\\text{B}}
    correct ¦ B ¦ $\\boxed{B}$
    correct ¦ B ¦ \\boxed{(B)}
    correct ¦ B ¦ \\boxed{B
    correct ¦ B ¦ First \\boxed{A}, no: \\boxed{B}
    wrong ¦ A ¦ First \\boxed{A}, no: \\boxed{B}
    unparsed ¦ A ¦ \\boxed{}
    correct ¦ B ¦ \\boxed{B. blue}
    correct ¦ B ¦ \\boxed{blue}
    correct ¦ B ¦ <answer>B</answer>
    correct ¦ B ¦ <answer> b </answer>
    correct ¦ B ¦ <ANSWER>B</ANSWER>
    correct ¦ B ¦ <answer>⏎B⏎</answer>
    correct ¦ B ¦ <answer>(B)</answer>.
    correct ¦ B ¦ <answer>B
    correct ¦ D ¦ <answer>D
    correct ¦ D ¦ <answer>dark red
    correct ¦ B ¦ <answer>B</ans
    correct ¦ B ¦ <answer>B<answer>
    correct ¦ B ¦ B</answer>
    correct ¦ B ¦ <answer>A</answer> wait <answer>B</answer>
    wrong ¦ A ¦ <answer>A</answer> wait <answer>B</answer>
    correct ¦ B ¦ I put it in <answer></answer> tags: <answer>B</answer>
    unparsed ¦ B ¦ <answer></answer>
    unparsed ¦ B ¦ B it is <answer></answer>
    unparsed ¦ B ¦ B is tempting <answer>I do not know</answer>
    correct ¦ B ¦ <answer>\\boxed{B}</answer>
    correct ¦ B ¦ <answer>Answer: B</answer>
    correct ¦ B ¦ <answer>The answer is B.</answer>
    correct ¦ B ¦ <answer>B. blue</answer>
    correct ¦ B ¦ <answer>blue</answer>
    correct ¦ B ¦ <answer>Blue.</answer>
    wrong ¦ A ¦ <answer>B</answer>
    wrong ¦ A ¦ <answer>blue</answer>
    correct ¦ B ¦ Answer: B
    wrong ¦ A ¦ Answer: B
    correct ¦ B ¦ answer: b
    correct ¦ B ¦ Answer : B
    correct ¦ B ¦ Answer：B
    correct ¦ B ¦ **Answer:** B
    correct ¦ B ¦ **Answer**: B
    correct ¦ B ¦ Answer: **B**
    correct ¦ B ¦ Answer: (B)
    correct ¦ B ¦ Answer:⏎B
    correct ¦ B ¦ Answer: B. blue
    correct ¦ B ¦ Answer: blue
    correct ¦ C ¦ The answer is C
    correct ¦ C ¦ The answer is C.
    correct ¦ C ¦ The answer is: C
    correct ¦ C ¦ The answer is (C).
    correct ¦ C ¦ The answer is **C**.
    correct ¦ C ¦ The answer is "C".
    correct ¦ C ¦ The answer is $C$.
    correct ¦ C ¦ The answer is \\boxed{C}.
    correct ¦ C ¦ The answer is option C.
    correct ¦ C ¦ The final answer is C, because it is green.
    correct ¦ C ¦ The correct answer is C since the sign is green
    correct ¦ A ¦ The answer is A because the sign is red.
    correct ¦ C ¦ The answer would be C.
    correct ¦ C ¦ My answer = C
    correct ¦ C ¦ The answer to the question is C.
    correct ¦ C ¦ The correct option is C.
    correct ¦ C ¦ The correct choice is (C).
    correct ¦ C ¦ The answer is green.
    correct ¦ D ¦ The answer is dark red.
    wrong ¦ A ¦ The answer is dark red.
    wrong ¦ T ¦ The answer is C
    correct ¦ B ¦ The answer is A.⏎Wait, the answer is B.
    wrong ¦ A ¦ The answer is A.⏎Wait, the answer is B.
    correct ¦ B ¦ It is B. The answer is not A.
    unparsed ¦ A ¦ The answer is not A
    unparsed ¦ A ¦ The answer is either A or B.
    unparsed ¦ A ¦ The answer is A or B.
    unparsed ¦ A ¦ The answer is A/B.
    unparsed ¦ A ¦ The answer is A and C.
    unparsed ¦ A ¦ Answer: A, B
    unparsed ¦ A ¦ The answer is a house.
    unparsed ¦ A ¦ Answer: A house
    unparsed ¦ A ¦ The answer is unclear.
    correct ¦ A ¦ Option A
    wrong ¦ B ¦ Option A
    correct ¦ A ¦ option a
    correct ¦ A ¦ Option A is correct.
    correct ¦ D ¦ I think it is D.
    wrong ¦ A ¦ I think it is D.
    correct ¦ D ¦ I believe the correct letter must be D!
    correct ¦ B ¦ So I choose B.
    correct ¦ B ¦ I'd go with B
    correct ¦ B ¦ The sign looks blue.⏎So B.
    correct ¦ B ¦ Looking at the sign...⏎⏎**B. blue**
    correct ¦ B ¦ B⏎⏎The sign shows a cold tone.
    correct ¦ B ¦ B⏎⏎The picture shows a red car, and a sign.
    unparsed ¦ B ¦ B⏎⏎On second thoughts it is C
    correct ¦ B ¦ B. blue⏎The sign is painted.
    correct ¦ B ¦ B. blue
    correct ¦ B ¦ B) blue
    correct ¦ B ¦ (B) blue
    correct ¦ B ¦ (b) blue
    correct ¦ B ¦ B: blue
    correct ¦ B ¦ B - blue
    correct ¦ B ¦ B. Blue, because of the paint
    correct ¦ B ¦ B. the sign
    unparsed ¦ B ¦ B. red
    unparsed ¦ A ¦ B. red
    unparsed ¦ B ¦ The answer is B (red).
    correct ¦ B ¦ The answer is B (blue).
    unparsed ¦ A ¦ A. red⏎B. blue⏎C. green⏎D. dark red
    unparsed ¦ A ¦ A or B
    unparsed ¦ A ¦ A, B
    unparsed ¦ A ¦ A and B
    unparsed ¦ A ¦ AB
    unparsed ¦ A ¦ B or C, hard to say
    unparsed ¦ A ¦ It is not A
    unparsed ¦ A ¦ It isn't A.
    unparsed ¦ A ¦ It does not look like A
    correct ¦ C ¦ It is not B, it is C.
    unparsed ¦ A ¦ E
    unparsed ¦ A ¦ Z
    unparsed ¦ A ¦
    unparsed ¦ A ¦ ␠
    unparsed ¦ A ¦ ...
    unparsed ¦ A ¦ I cannot see the sign.
    unparsed ¦ A ¦ None of the above.
    unparsed ¦ A ¦ A house stands there.
    unparsed ¦ D ¦ Washington D.C.
    unparsed ¦ A ¦ An A-frame
    unparsed ¦ A ¦ 9**9**9**9
    unparsed ¦ A ¦ __import__('os')
    correct ¦ B ¦ blue
    correct ¦ B ¦ It is blue.
    correct ¦ B ¦ The sign is BLUE!
    correct ¦ D ¦ It is dark red.
    correct ¦ D ¦ dark-red
    wrong ¦ A ¦ It is dark red.
    unparsed ¦ A ¦ It is red and blue.
    unparsed ¦ B ¦ It is not blue.
    unparsed ¦ B ¦ It's bluish.
    correct ¦ B ¦ <think>A? No.</think>B
    correct ¦ B ¦ <think>Maybe the answer is A.</think> The answer is B.
    correct ¦ B ¦ Maybe A...</think>⏎B
    correct ¦ B ¦ <think>x <answer>A</answer></think><answer>B</answer>
    correct ¦ B ¦ <thinking>The answer is C</thinking>⏎B
    unparsed ¦ A ¦ <think>It is A. The answer is A
    unparsed ¦ A ¦ <think>It could be <answer>A</answer>, or
    correct ¦ B ¦ <think>I see blue. <answer>B</answer>
    correct ¦ blue ¦ B
    correct ¦ blue ¦ <answer>blue</answer>
    wrong ¦ blue ¦ A
    correct ¦ (B) ¦ B
    correct ¦ B. ¦ B
    options ¦ 3 ¦ 13 ¦ 30 ¦ 4
    correct ¦ A ¦ three
    correct ¦ A ¦ There are 3 birds.
    correct ¦ B ¦ There are thirteen.
    wrong ¦ A ¦ 13
    correct ¦ A ¦ <answer>3.0</answer>
    unparsed ¦ A ¦ 3 or 4
    unparsed ¦ A ¦ 5
    options ¦ Yes ¦ No
    correct ¦ A ¦ Yes, it is.
    correct ¦ B ¦ No, it is not open.
    correct ¦ B ¦ nope
    wrong ¦ B ¦ Yes
    unparsed ¦ A ¦ C
    options ¦ Sunday ¦ Sun ¦ court ¦ courtyard
    correct ¦ A ¦ Sunday
    correct ¦ B ¦ Sun
    wrong ¦ C ¦ courtyard
    correct ¦ D ¦ courtyard
    options ¦ same ¦ same ¦ other
    unparsed ¦ A ¦ same
    correct ¦ C ¦ other
    correct ¦ B ¦ B
    options ¦ Gate A ¦ Gate B ¦ Gate C ¦ Gate D
    correct ¦ B ¦ Gate B
    correct ¦ A ¦ A. Gate A
    correct ¦ C ¦ The answer is Gate C.
    options ¦ a ¦ b ¦ c ¦ d ¦ e ¦ f ¦ g ¦ h ¦ i ¦ j
    correct ¦ D ¦ I think it is D.
    correct ¦ I ¦ I
    correct ¦ J ¦ The answer is J.
    """)
}
