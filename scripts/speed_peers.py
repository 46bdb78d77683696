"""What people write today, for scripts/benchmark_speed.py; run as processes of its own.

python scripts/speed_peers.py train ROWS MODEL     jsonl with text and theme
python scripts/speed_peers.py tag MODEL ROWS OUT   jsonl with text, or a .txt file
python scripts/speed_peers.py topics ROWS OUT [PAGE]
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import jieba


def cut(text: str) -> list[str]:
    return jieba.lcut(text)  # type: ignore[no-any-return]


def rows(path: str) -> list[dict[str, object]]:
    with Path(path).open(encoding="utf-8") as file:
        if path.endswith(".txt"):
            return [{"text": line.strip()} for line in file if line.strip()]
        return [json.loads(line) for line in file]


def train(source: str, target: str) -> None:
    import joblib
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    data = rows(source)
    vectorizer = TfidfVectorizer(tokenizer=cut, token_pattern=None)
    x = vectorizer.fit_transform([row["text"] for row in data])
    model = LogisticRegression(max_iter=500).fit(x, [row["theme"] for row in data])
    joblib.dump((vectorizer, model), target)


def tag(saved: str, source: str, target: str) -> None:
    import joblib

    vectorizer, model = joblib.load(saved)
    data = rows(source)
    shares = model.predict_proba(vectorizer.transform([row["text"] for row in data]))
    with Path(target).open("w", encoding="utf-8") as out:
        for row, share in zip(data, shares, strict=True):
            row["theme"] = model.classes_[share.argmax()]
            row["probabilities"] = dict(zip(model.classes_, share.round(6).tolist(), strict=True))
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


def topics(source: str, target: str, page: str = "") -> None:
    """Find 20 topics, tell each paragraph's own; with ``page``, draw them by pyLDAvis."""
    from gensim import corpora, models

    data = rows(source)
    texts = [[word for word in cut(str(row["text"])) if len(word) > 1] for row in data]
    dictionary = corpora.Dictionary(texts)
    dictionary.filter_extremes(no_below=5, no_above=0.5)
    bags = [dictionary.doc2bow(text) for text in texts]
    model = models.LdaModel(bags, 20, dictionary, passes=10, random_state=1)
    with Path(target).open("w", encoding="utf-8") as out:
        for number, words in model.show_topics(20, formatted=False):
            out.write(json.dumps([number, [word for word, _ in words]], ensure_ascii=False) + "\n")
        for row, bag in zip(data, bags, strict=True):
            row["topics"] = [(number, float(share)) for number, share in model[bag]]
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    if page:
        import pyLDAvis
        import pyLDAvis.gensim_models

        pyLDAvis.save_html(pyLDAvis.gensim_models.prepare(model, bags, dictionary), page)


if __name__ == "__main__":
    WAYS: dict[str, Callable[..., None]] = {"train": train, "tag": tag, "topics": topics}
    WAYS[sys.argv[1]](*sys.argv[2:])
