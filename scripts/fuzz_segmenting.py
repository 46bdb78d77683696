"""Compares `topics.segmenting` with jieba itself on strings made to tell them apart.

    python scripts/fuzz_segmenting.py --count 100000 --seed 1

Prints what differs and a count; exits 1 if anything does. Every dictionary of user words gets five
thousand strings; for every string and each fast engine that is installed, `cut` is compared with
jieba, and for all of them together `cut_many`, with one thread and with two, and `measure`.
"""

from __future__ import annotations

import random
import sys
import time
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING

from fuzzing import Tally, arguments, tell

from topics.errors import MissingExtraError
from topics.segmenting import EngineName, Segmenter, joinable
from topics.segmenting.rjieba_engine import TIES

if TYPE_CHECKING:
    import jieba

PER_DICTIONARY = 5_000
ENGINES: tuple[EngineName, ...] = ("compiled", "rjieba")
SHOWN = 20

ALPHABETS = (
    "中国人民政治协商会议的了是在和有不我个日年月号第一二三十百万亿上下大小多少",
    "江泽慧赵钱孙李周吴郑王丼亖兙卐囍圕嘦巭怹烎玊瓩甭乄丅龥龦鿃鿕",  # few are known to jieba
    "鿖鿿㐀㐁䶵䶮豈﫿𠀀𠮷𪚥𫝀𬺰𰻝〇々〆ㄅ",  # Han elsewhere, and what only looks like it
    "0123456789",
    "0123456789.-%+#&_",
    "abcXYZ",
    "AT&TC++c#GPT-4SB超T恤X光卡拉OK",
    "+#&._%-",
    " \t\n\r\v\f\x1c\x85\u00a0\u2028\u2029\u3000",
    "，。、；：？！“”‘’（）《》【】—…·",
    "\uff10\uff11\uff12\uff21\uff22\uff41\uff42\uff0e\uff0d\uff05\uff0b\uff5e",  # full width
    "éñß٠١२३αβγЖшあいアイ한글ก",
    "😀👩‍👩‍👧🇨🇳♥️①㈠½²",
    "\ud800\udbff\udc00\udfff",
    "\ue000\ue001\ue002\uf8ff\ufeff\u200b\x00\x7f\uffff",
)


def reference() -> jieba.Tokenizer:
    """Return jieba's own tokenizer, without its messages and its cache."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba

        tokenizer = jieba.Tokenizer()
        tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    return tokenizer


def with_words(base: jieba.Tokenizer, frequencies: Mapping[str, int]) -> jieba.Tokenizer:
    """Return a tokenizer like ``base`` that was given the words by jieba's ``add_word``."""
    tokenizer = type(base)()
    tokenizer.FREQ, tokenizer.total, tokenizer.initialized = base.FREQ.copy(), base.total, True
    for word, frequency in frequencies.items():
        tokenizer.add_word(word, frequency)
    return tokenizer


def make_text(rng: random.Random, known: list[str], singles: list[str], users: list[str]) -> str:
    """Return a string of words, the user's words, single characters and runs of alphabets."""
    parts: list[str] = []
    ties = TIES.split()
    for _ in range(rng.choice((0, 1, 1, 2, 3, 4, 6, 9))):
        kind = rng.random()
        if kind < 0.35:
            parts.append(rng.choice(known))
        elif kind < 0.5 and users:
            word = rng.choice(users)
            cut = rng.choice((0, 0, 0, 1))
            parts.append(word[cut : len(word) - rng.choice((0, 0, 0, 1))])
        elif kind < 0.6:
            parts += [*rng.choices(singles, k=rng.randint(0, 2)), rng.choice(ties)]
            parts += rng.choices(singles, k=rng.randint(0, 3))
        else:
            letters = rng.choice(ALPHABETS) + rng.choice(("", *ALPHABETS))
            parts.append("".join(rng.choices(letters, k=rng.randint(1, 7))))
    return "".join(parts)


def make_words(rng: random.Random, known: list[str]) -> list[str] | dict[str, int]:
    """Return user words: joined, split, mixed and replaced ones, with or without frequencies."""
    letters = "".join(ALPHABETS[:2]) + "0123456789.-%+#&_abcXYZ" * 2
    words = rng.sample(known, 5)
    words += [rng.choice(known) + rng.choice(known) for _ in range(10)]
    words += [rng.choice(known)[-2:] + rng.choice(known)[:1] for _ in range(5)]
    words += ["".join(rng.choices(letters, k=rng.randint(2, 6))) for _ in range(15)]
    words += ["".join(rng.choices("0123456789.-%+#&_aX", k=rng.randint(2, 4))) for _ in range(5)]
    words = [word for word in dict.fromkeys(words) if joinable(word)]
    if rng.random() < 0.5:
        return words
    return {word: rng.choice((1, 2, 3, 50, 3_000, 10**5, 10**7)) for word in words}


def installed() -> list[EngineName]:
    """Return the fast engines that are here."""
    engines = []
    for engine in ENGINES:
        try:
            Segmenter(engine=engine).cut("")
        except MissingExtraError as error:
            print(f"not tried: {error}")
        else:
            engines.append(engine)
    return engines


def compare(
    rng: random.Random,
    base: jieba.Tokenizer,
    known: list[str],
    count: int,
    engines: list[EngineName],
) -> list[str]:
    """Return a line for each of ``count`` strings whose tokens differ under one dictionary."""
    words = make_words(rng, known) if rng.random() < 0.8 else []
    segmenters = [Segmenter(words, engine) for engine in engines]
    tokenizer = with_words(base, segmenters[0].frequencies)
    singles = [word for word in known if len(word) == 1]
    users = list(segmenters[0].user_words)
    texts = [make_text(rng, known, singles, users) for _ in range(count)]
    right = [tokenizer.lcut(text) for text in texts]
    return [line for one in segmenters for line in differing(one, texts, right, words)]


def differing(
    segmenter: Segmenter,
    texts: list[str],
    right: list[list[str]],
    words: list[str] | dict[str, int],
) -> list[str]:
    """Return a line for each text that ``segmenter`` cuts in another way than jieba."""
    differences = []
    ours = [segmenter.cut(text) for text in texts]
    many = [("cut", ours)]
    many += [(f"{n} threads", list(segmenter.cut_many(texts, threads=n))) for n in (1, 2)]
    for how, found in many:
        for text, mine, tokens in zip(texts, found, right, strict=True):
            if mine != tokens:
                tokens_of = f"  jieba {tokens}\n  ours  {mine}\n  words {words!r}"
                differences.append(f"{segmenter!r} {how} {text!r}\n{tokens_of}")
    if segmenter.measure(texts).tolist() != [len(token) for row in ours for token in row]:
        differences.append(f"{segmenter!r} measure of {len(texts)} texts, words {words!r}")
    return differences


def main() -> int:
    args = arguments(__doc__, count=100_000).parse_args()
    base = reference()
    known = sorted(word for word, frequency in base.FREQ.items() if frequency)
    tally, begun, done, engines = Tally(), time.monotonic(), 0, installed()
    while done < args.count and not (args.seconds and time.monotonic() - begun > args.seconds):
        rng = random.Random(f"{args.seed}:{args.start + done}")
        count = min(PER_DICTIONARY, args.count - done)
        differences = compare(rng, base, known, count, engines)
        tally.outcomes["with jieba's tokens"] += max(0, count - len(differences))
        if differences:
            tally.outcomes["failed"] += len(differences)
            tally.failed["other tokens than jieba's"] += len(differences)
        for line in differences[:SHOWN]:
            print(ascii(line).replace("\\n", "\n"))
        done += count
    return tell("segmenting", args, tally)


if __name__ == "__main__":
    sys.exit(main())
