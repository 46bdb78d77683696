"""Texts of three plain fields, for tests of discovery."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from scipy import sparse

WORDS = [f"{field}{n}" for field in ("农", "学", "军") for n in range(12)]


def cut_texts() -> tuple[sparse.csr_matrix, list[list[str]]]:
    """Return counts of `WORDS` in 150 texts of three fields, and the texts."""
    draw = np.random.default_rng(5)
    texts = [
        [
            WORDS[w]
            for w in (*(row % 3 * 12 + draw.integers(12, size=14)), *draw.integers(36, size=3))
        ]
        for row in range(150)
    ]
    return sparse.csr_matrix([[text.count(word) for word in WORDS] for text in texts]), texts


FIELDS = (
    ("水稻", "小麦", "农民", "合作社", "种植", "灌溉", "化肥", "农机"),
    ("学校", "老师", "课堂", "学生", "作业", "教材", "家长", "考试"),
    ("医院", "医生", "患者", "护士", "药品", "门诊", "手术", "病房"),
)


def write_news(file: Path) -> Path:
    """Write 60 articles of three paragraphs of one field each, of two months; return the file."""
    draw = np.random.default_rng(3)
    with file.open("w", encoding="utf-8") as out:
        for n in range(60):
            words = FIELDS[n % 3]
            paragraphs = [
                "，".join(words[w] for w in draw.integers(8, size=12)) + f"，第{n}件。"
                for _ in range(3)
            ]
            paragraphs[0] = f"本报北京{n % 9 + 1}月3日电（记者张三）" + paragraphs[0]
            row = {
                "title": "一篇报道", "date": f"2023-0{n % 2 + 1}-03", "paragraphs": paragraphs
            }  # fmt: skip
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    return file
