"""One tag everywhere: in training, loaded, alone, in a batch, through Python and the shell."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

import topics
from topics.corpus import Article, Corpus, Part
from topics.errors import ModelError
from topics.findings import Tag
from topics.tagging import BATCH, Tagger
from topics.themes import OTHER

ARTICLE = """柳溪镇把协商桌搬进果园

本报记者

3月的一个傍晚，柳溪镇的果园里摆开了长桌，六名政协委员和二十多户果农围坐协商水渠怎么修、钱从哪里来，记下意见建议十七条。

镇党委随后把落实情况列入支部主题党日，党员分段认领，逐条销号。

八十一岁的一位老人说，路灯亮了，夜里去卫生院看病再也不怕摔跤。
"""


def test_loading_changes_no_number(tagger: Tagger, texts: Sequence[str], tmp_path: Path) -> None:
    tagger.save(tmp_path / "model")
    loaded = topics.load(tmp_path / "model")
    assert loaded.weights(texts).tobytes() == tagger.weights(texts).tobytes()
    assert loaded.tag(ARTICLE) == tagger.tag(ARTICLE)


def test_a_text_has_the_same_tag_alone_and_in_any_order(
    ready: Tagger, texts: Sequence[str]
) -> None:
    together = ready.weights(texts)
    order = list(range(len(texts)))
    random.Random(1).shuffle(order)
    shuffled = ready.weights([texts[n] for n in order])
    assert shuffled.tobytes() == together[order].tobytes()
    for n in order[:40]:
        assert ready.weights([texts[n]]).tobytes() == together[n : n + 1].tobytes()


def test_rows_of_a_long_stream_are_no_neighbours(ready: Tagger, texts: Sequence[str]) -> None:
    few = texts[:500]  # so that a text comes again in another batch
    rows = tuple(Part(few[n % len(few)], id=str(n)) for n in range(2 * BATCH + 7))
    tags = ready.tag(Article(rows, ready=True))
    assert [tag.part.id for tag in tags] == [part.id for part in rows]
    alone = ready.tag(Article(rows[:1], ready=True))[0]
    again = tags[4 * len(few)].probabilities
    assert again == tags[0].probabilities == alone.probabilities


def test_python_and_the_command_line_agree(ready: Tagger, tmp_path: Path) -> None:
    file = tmp_path / "article.txt"
    file.write_text(ARTICLE, encoding="utf-8")
    answer = subprocess.run(
        [sys.executable, "-m", "topics", "tag", str(file), "--format", "jsonl"],
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    rows = [json.loads(line) for line in answer.stdout.splitlines()]
    assert rows == [tag.row() for tag in ready.tag(topics.read_articles(file))]
    assert len(rows) == 3


def test_probabilities_sum_to_one_and_evidence_stands_in_the_text(
    ready: Tagger, corpus: Corpus
) -> None:
    for tag in ready.tag(corpus):
        assert sum(tag.probabilities.values()) == pytest.approx(1)
        assert tag.probability == max(tag.probabilities.values())
        weights = [e.weight for e in tag.evidence]
        assert weights == sorted(weights, reverse=True)
        assert all(tag.text[e.start : e.end] == e.word for e in tag.evidence)
        assert tag.theme == OTHER or tag.theme in tag.tags


def test_what_all_words_add_sums_to_the_score(ready: Tagger) -> None:
    text = "委员们协商加装电梯，党支部带头签字，老人出门方便了。"
    reading = ready.model.read([text], ready.segmenter)  # type: ignore[union-attr]
    scores = ready.model.score(reading)[0]  # type: ignore[arg-type]
    for column, code in enumerate(ready.themes.classes):
        added = sum(evidence.weight for evidence in ready.explain(text, code))
        expected = (scores[column] - scores.mean()) / ready.model.temperature  # type: ignore[union-attr]
        assert added == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("text", ["😀", "zzz qqq", "。。。", "12345"])
def test_a_text_without_a_known_word_is_other_and_says_so(ready: Tagger, text: str) -> None:
    tag = only(ready.tag(Article((Part(text),), ready=True)))
    assert (tag.theme, tag.evidence, tag.note) == (OTHER, (), "no known word")


def test_an_empty_text_has_no_tag(ready: Tagger) -> None:
    assert ready.tag("") == []


@pytest.mark.parametrize(
    ("text", "theme"),
    [
        ("县政协组织委员视察农村污水治理，召开协商座谈会，向县政府报送建议案。", "consultation"),
        ("支部召开组织生活会，党员逐一对照检查，严肃开展批评和自我批评。", "party_building"),
        ("中心组专题学习党的创新理论，坚定理想信念，做到“两个维护”。", "political_guidance"),
        ("卫生院添了一台彩超，村里的老人看病不用再跑县城，医保当场报销。", "livelihood"),
        ("一季度全市出口汽车零部件同比增长两成，新开工项目四十个。", "other"),
    ],
)
def test_plain_cases_are_tagged_as_anybody_would(ready: Tagger, text: str, theme: str) -> None:
    assert only(ready.tag(text)).theme == theme


def test_a_model_of_another_segmenter_is_refused(tagger: Tagger, tmp_path: Path) -> None:
    tagger.save(tmp_path / "model")
    path = tmp_path / "model" / "model.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["segmenter"]["digest"] = "0" * 64
    path.write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(ModelError, match="another segmenter or dictionary"):
        topics.load(tmp_path / "model")


def test_tagging_needs_neither_scikit_learn_nor_gensim_nor_matplotlib() -> None:
    code = (
        "import sys, topics; topics.load().tag('支部开会学习。');"
        "print([m for m in ('sklearn', 'gensim', 'matplotlib', 'scipy', 'joblib', 'jieba')"
        " if m in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert answer.stdout.strip() == b"[]"


def only(tags: Sequence[Tag]) -> Tag:
    assert len(tags) == 1
    return tags[0]
