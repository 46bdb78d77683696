"""Tag articles with a saved model. Copy this into your own work and change what you like.

python scripts/tag_articles.py article.txt [more …] [--model models/mine]
"""

import argparse

import topics

parser = argparse.ArgumentParser(description="Tag articles with a saved model.")
parser.add_argument("paths", nargs="+", help="files or folders")
parser.add_argument("--model", help="a saved model; default: the ready-made one")
args = parser.parse_args()

tagger = topics.load(args.model)
for tag in tagger.tag(topics.read_articles(args.paths)):
    words = " ".join(evidence.word for evidence in tag.evidence[:5])
    print(f"{tag.part.line:4d} {tag.theme:20s} {tag.probability:.2f}  {words}  {tag.text[:30]}")
