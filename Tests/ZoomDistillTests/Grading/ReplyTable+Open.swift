// Replies to open questions.
// Not here: questions of choice (ReplyTable+Choice.swift).

extension ReplyCase {
  static let open = rows(
    """
    question ¦ What does the sign say?
    correct ¦ Exit ¦ exit
    correct ¦ Exit ¦ EXIT.
    correct ¦ Exit ¦ "Exit"
    correct ¦ Exit ¦ **Exit**
    correct ¦ Exit ¦ <answer>Exit</answer>
    correct ¦ Exit ¦ <answer>⏎Exit⏎</answer>
    correct ¦ Exit ¦ <answer>Exit
    correct ¦ Exit ¦ It reads so.⏎Answer: Exit
    correct ¦ Exit ¦ The answer is Exit. I am sure.
    correct ¦ Exit ¦ \\boxed{\\text{Exit}}
    correct ¦ Exit ¦ <think>Entrance?</think>Exit
    correct ¦ Exit ¦ I see a door.⏎Exit
    correct ¦ the court ¦ Court
    correct ¦ Café ¦ CAFÉ
    correct ¦ C ¦ C.
    correct ¦ C ¦ c
    wrong ¦ C ¦ D
    correct ¦ AT&T ¦ at&t
    correct ¦ Ben and Jerry ¦ Ben & Jerry
    correct ¦ don't walk ¦ Don’t walk
    correct ¦ U.S.A. ¦ USA
    correct ¦ ? ¦ ?
    correct ¦ C++ ¦ c++
    correct ¦ Ⅳ ¦ IV
    correct ¦ １２ ¦ 12
    correct ¦ one way ¦ ONE WAY
    needs_judge ¦ courtyard ¦ court
    needs_judge ¦ Sunday ¦ Sun
    needs_judge ¦ car ¦ automobile
    needs_judge ¦ Wells ¦ Well
    needs_judge ¦ Café ¦ Cafe
    needs_judge ¦ AB-123 ¦ AB 123
    wrong ¦ AB-123 ¦ AB-128
    needs_judge ¦ Exit ¦ Exit only
    needs_judge ¦ Exit ¦ It is not Exit
    needs_judge ¦ C++ ¦ C
    wrong ¦ 10:30 ¦ 10:45
    correct ¦ 10:30 am ¦ 10:30 A.M.
    correct ¦ 10:30 am ¦ 10:30am
    needs_judge ¦ 007 ¦ 7
    needs_judge ¦ first ¦ 1st
    needs_judge ¦ third ¦ 3
    unparsed ¦ Exit ¦
    unparsed ¦ Exit ¦ <answer></answer>
    unparsed ¦ Exit ¦ <think>It says Exit
    unparsed ¦ Exit ¦ <answer>   </answer>
    question ¦ Is it open?
    correct ¦ yes ¦ Yes
    correct ¦ yes ¦ Yes, it is.
    correct ¦ yes ¦ yeah
    correct ¦ no ¦ No, it is not.
    wrong ¦ yes ¦ No.
    wrong ¦ no ¦ <answer>yes</answer>
    needs_judge ¦ yes ¦ It is.
    needs_judge ¦ yes ¦ Yes and no
    question ¦ What color is it?
    correct ¦ gray ¦ grey
    correct ¦ Grey ¦ gray color
    correct ¦ red ¦ red in colour
    correct ¦ light blue ¦ lightblue
    correct ¦ light blue ¦ light-blue
    correct ¦ black and white ¦ white and black
    correct ¦ red/white ¦ white, red
    wrong ¦ red ¦ blue
    wrong ¦ red ¦ <answer>orange</answer>
    wrong ¦ black and white ¦ black⏎Answer: gray
    needs_judge ¦ red ¦ dark red
    needs_judge ¦ red ¦ crimson
    needs_judge ¦ red ¦ red and white
    needs_judge ¦ navy ¦ blue
    question ¦ How many birds are there?
    correct ¦ 3 ¦ 3
    correct ¦ 3 ¦ three
    correct ¦ three ¦ 3
    correct ¦ 3 ¦ 3.0
    correct ¦ 3 ¦ 3 birds
    correct ¦ 3 birds ¦ 3
    correct ¦ 3 birds ¦ three bird
    correct ¦ 3 ¦ There are three birds.
    correct ¦ 3 ¦ There are 3 birds on the left branch
    correct ¦ 3 ¦ \\boxed{3}
    correct ¦ 3 ¦ $3$
    correct ¦ 3 ¦ The answer is 3. There are 4 others.
    correct ¦ 3 ¦ 3⏎⏎I counted carefully.
    correct ¦ 3 ¦ about 3
    correct ¦ 21 ¦ twenty-one
    correct ¦ 21 ¦ twenty one
    correct ¦ 105 ¦ one hundred and five
    correct ¦ 100 ¦ a hundred
    correct ¦ 250 ¦ two hundred fifty
    correct ¦ 1234 ¦ 1,234
    correct ¦ 1,234 ¦ 1234
    correct ¦ 3000000 ¦ 3 million
    correct ¦ 2500 ¦ 2.5 thousand
    correct ¦ 12 ¦ １２
    correct ¦ 3 ¦ ٣
    correct ¦ 0 ¦ zero
    correct ¦ 0 ¦ None.
    correct ¦ 0 ¦ No birds
    correct ¦ -5 ¦ −5
    wrong ¦ 3 ¦ 4
    wrong ¦ 3 ¦ four
    wrong ¦ 3 ¦ 13
    wrong ¦ 3 ¦ 30 birds
    wrong ¦ 3 ¦ -3
    wrong ¦ 3 ¦ 3.1
    wrong ¦ 3 ¦ 1⏎2⏎4
    wrong ¦ 12 ¦ 1,2
    wrong ¦ 1234 ¦ 12,34
    wrong ¦ 3 ¦ 4⏎⏎I counted carefully.
    wrong ¦ 9 ¦ 9**9**9**9
    wrong ¦ 81 ¦ 9*9
    wrong ¦ 4 ¦ 2+2
    wrong ¦ 2 ¦ sqrt(4)
    wrong ¦ 3 ¦ 3 million
    wrong ¦ 52 ¦ 5²
    wrong ¦ 3 ¦ 3/4
    needs_judge ¦ 3 ¦ 3rd
    needs_judge ¦ 3 ¦ 3 or 4
    needs_judge ¦ 3 ¦ at least 3
    needs_judge ¦ 3 ¦ more than 3 birds
    needs_judge ¦ 3 ¦ not 3
    needs_judge ¦ 3 ¦ 3 of the 5 birds
    needs_judge ¦ 2 ¦ a pair
    needs_judge ¦ 3 ¦ several
    needs_judge ¦ 3 ¦ $3
    needs_judge ¦ 3 ¦ 3 meters
    question ¦ How long is it?
    correct ¦ 5 meters ¦ 5 m
    correct ¦ 5 meters ¦ five metres
    correct ¦ 5 meters ¦ 5m
    correct ¦ 5 meters ¦ 500 cm
    correct ¦ 1 hour ¦ 60 minutes
    correct ¦ 5 meters ¦ It is 5 meters long.
    correct ¦ 5 ft ¦ 5'
    correct ¦ 5 inches ¦ 5"
    correct ¦ 5 ¦ "5"
    correct ¦ 50% ¦ 50 percent
    correct ¦ 50% ¦ 50 %
    correct ¦ 60 mph ¦ 60 miles per hour
    correct ¦ 20 °C ¦ 20 degrees Celsius
    correct ¦ $5 ¦ 5 dollars
    correct ¦ $5.50 ¦ $ 5.5
    correct ¦ $1,200 ¦ 1200 USD
    correct ¦ €5 ¦ 5 euros
    wrong ¦ 5 meters ¦ 5 feet
    wrong ¦ 5 ft ¦ 5"
    wrong ¦ 5 meters ¦ It is 5 feet long.
    wrong ¦ 5 meters ¦ 6 meters
    wrong ¦ 5 meters ¦ 5 km
    wrong ¦ $5 ¦ €5
    wrong ¦ 5 kg ¦ 5 g
    wrong ¦ 20 °C ¦ 20 °F
    needs_judge ¦ 5 meters ¦ 5
    needs_judge ¦ 5 ¦ 5 meters
    needs_judge ¦ £5 ¦ 5 pounds
    question ¦ How long is it in meters?
    correct ¦ 5 ¦ 5 meters
    correct ¦ 5 meters ¦ 5
    wrong ¦ 5 meters ¦ 5 feet
    """)
}
