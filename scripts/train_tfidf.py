"""Train a theme classifier on TF-IDF. Copy this into your own work and change what you like.

python scripts/train_tfidf.py [articles/ …] [--labels labels.csv] [--name mine]
"""

import argparse

import topics

parser = argparse.ArgumentParser(description="Train a theme classifier on TF-IDF.")
parser.add_argument("paths", nargs="*", help="articles; none: the packaged sample corpus")
parser.add_argument("--themes", default="cppcc", help="a theme file (TOML)")
parser.add_argument("--labels", help="a CSV file with the themes of some paragraphs")
parser.add_argument("--name", default="tfidf", help="of the model and the report")
parser.add_argument("--seed", type=int, default=7)
args = parser.parse_args()

articles = topics.read_articles(args.paths) if args.paths else None
result = topics.train(
    articles,
    themes=topics.load_themes(args.themes),
    labels=args.labels,
    method="tfidf",
    seed=args.seed,
    name=args.name,
)
result.tagger.save(f"models/{args.name}")
result.report.save(f"reports/{args.name}")

for code, words in result.findings.theme_words.items():
    print(code, " ".join(word for word, weight in words[:10]))
if result.findings.scores:
    print("macro-F1, held out by article:", round(result.findings.scores.macro_f1, 3))
print(f"saved: models/{args.name} and reports/{args.name}/index.html")
