"""Train a topic model by LDA, guided by the themes' seed words. Copy it and change what you like.

python scripts/train_lda.py [articles/ …] [--topics 20] [--name lda]
"""

import argparse

import topics

parser = argparse.ArgumentParser(description="Train a seeded topic model.")
parser.add_argument("paths", nargs="*", help="articles; none: the packaged sample corpus")
parser.add_argument("--themes", default="cppcc", help="a theme file (TOML)")
parser.add_argument("--topics", type=int, default=20, help="how many topics")
parser.add_argument("--name", default="lda", help="of the model and the report")
parser.add_argument("--seed", type=int, default=7)
args = parser.parse_args()

articles = topics.read_articles(args.paths) if args.paths else None
result = topics.train(
    articles,
    themes=topics.load_themes(args.themes),
    method="lda",
    topics=args.topics,
    seed=args.seed,
    name=args.name,
)
result.tagger.save(f"models/{args.name}")
result.report.save(f"reports/{args.name}")

for topic in result.findings.topics:
    print(f"{topic.id:3d} {topic.share:5.1%} {topic.theme:20s}", " ".join(topic.words[:8]))
print(f"saved: models/{args.name} and reports/{args.name}/index.html")
