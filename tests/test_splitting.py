"""Splitting: what each line is, and which lines are one paragraph."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topics.cleaning import clean
from topics.ingesting import articles_from_text

LONG = "去年冬天，县里把三处闲置的校舍改成了托老所，床位不多却天天住满，护工最怕半夜停电。"
MORE = "为了这件事，委员们跑了九个乡镇，问了四十多户人家，写成一份建议，当月就有了回音。"
LAST = "天黑以后，院子里的灯一盏一盏亮起来，门卫老人把棋盘收进屋里，说明天还有客人要来。"

PAGES = {
    "interview": f"""
        title 托老所里的四个问题
        subtitle ——访民政部门负责人
        byline 本报记者
        body {LONG}
        heading 问：护工从哪里来？
        body 答：{MORE}
        heading 问：夜里停电怎么办？
        body 答：{LAST}
        boilerplate 责任编辑：要闻部
        """,
    "speech": f"""
        title 在全县养老工作推进会上的讲话
        dateline （2023年3月2日）
        body 各位代表，同志们：
        body {LONG}
        heading 一、把账算清楚
        body {MORE}
        heading 二、把人请进来
        heading （一）先请护工
        body {LAST}
        """,
    "site": f"""
        boilerplate 首页 > 要闻 > 正文
        title 校舍改成托老所
        dateline 2023-03-02 08:15 来源：某县融媒
        boilerplate 字号：大 中 小
        body {LONG}
        body {MORE}
        body {LAST}
        boilerplate （责任编辑：要闻部）
        boilerplate 分享到：
        boilerplate 上一篇：冬修水利开工
        boilerplate 下一篇：没有了
        boilerplate Copyright © 2023 某县融媒 版权所有
        """,
    "captions": f"""
        column 民生在线
        title 校舍改成托老所
        byline 本报记者 文/图
        caption ▲托老所的院子里，老人在下棋。
        body {LONG}
        caption 图为改造后的宿舍。
        body {MORE}
        caption 志愿者给老人理发。（资料图片）
        body {LAST}
        """,
    "signed": f"""
        title 关于改造闲置校舍的建议
        body {LONG}
        body {MORE}
        body {LAST}
        byline 县政协社会法制委员会
        dateline 2023年3月2日
        """,
    "list": f"""
        title 托老所开放时间表
        byline 本报综合
        body {LONG}
        body 城关所 8:00-20:00
        body 河东所 7:30-19:30
        body 山口所 全天开放
        body {LAST}
        """,
    "footnotes": f"""
        title 校舍改成托老所
        body {LONG}
        body {MORE}
        boilerplate [1] 数据由县民政部门提供。
        boilerplate 注：床位数截至上月底。
        """,
    "enumerated": f"""
        title 三件事一件一件办
        body {LONG}
        body 一是补护工。县里出钱培训，结业就上岗；
        body 二是补设备。每所一台发电机，两个月配齐；
        body 三是补规矩。收费写在墙上，账目按季公开。
        body {LAST}
        """,
}


def _truth(page: str) -> list[tuple[str, str]]:
    pairs = (line.strip().partition(" ") for line in page.strip().splitlines())
    return [(kind, text) for kind, _, text in pairs]


@pytest.mark.parametrize("between", ["\n", "\n\n"])
@pytest.mark.parametrize("name", PAGES)
def test_every_line_gets_its_kind(name: str, between: str) -> None:
    truth = _truth(PAGES[name])
    text = between.join(text for _, text in truth)
    articles = articles_from_text(text)
    assert [(p.kind, p.text) for a in articles for p in a.parts] == truth


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (
            "去年冬天，县里把三处闲置的校舍改成了托老所，床位不",
            "多，却天天住满，护工说最怕的是半夜停电。",
        ),
        (
            "县里把闲置的校舍（河东小学、山口小学",
            "和城关中学）改成了托老所，床位不多，却天天住满。",
        ),
        ("护工说：“白天还好，怕的是半夜停电，几台制氧机", "一起停。”县里给每所配了一台发电机。"),
        ("去年，县里改造了校舍、粮站、", "供销社和两处兵站，床位从六十张增加到三百张。"),
        (
            "床位从六十张增加到三百张。今年还要再改两处，一处在",
            "山口，一处在河东，都是空了多年的老房子。",
        ),
    ],
)
@pytest.mark.parametrize("between", ["\n\n", "\n", "\n\n- 4 -\n\n", "\n\n▲托老所的院子。\n\n"])
def test_cut_paragraphs_are_joined(first: str, second: str, between: str) -> None:
    text = f"校舍改成托老所\n\n{LONG}\n\n{first}{between}{second}\n\n{LAST}"
    (article,) = articles_from_text(text)
    assert [p.text for p in article.paragraphs] == [LONG, first + second, LAST]
    assert article.paragraphs[1].original == f"{first}\n{second}"


@pytest.mark.parametrize(
    "heading", ["把账算清楚，把人请进来", "围着中心转，盯着难处办事", "从空房子到托老所"]
)
def test_headings_are_not_joined(heading: str) -> None:
    (article,) = articles_from_text(f"校舍改成托老所\n\n{LONG}\n\n{heading}\n\n{MORE}\n\n{LAST}")
    assert [p.text for p in article.paragraphs] == [LONG, MORE, LAST]
    assert [p.heading for p in article.paragraphs] == ["", heading, heading]


@pytest.mark.parametrize(
    "said",
    [
        "在看到成绩的同时，我们也清醒地认识到，床位还差得远。",
        "点赞之余，老人们还盼着早些装上电梯。",
    ],
)
def test_a_paragraph_that_begins_like_a_button_is_body(said: str) -> None:
    (article,) = articles_from_text(f"校舍改成托老所\n\n{LONG}\n\n{said}\n\n点赞 在看\n")
    assert [p.text for p in article.paragraphs] == [LONG, said]
    assert article.parts[-1].kind == "boilerplate"


def test_captions_without_a_mark_stand_apart() -> None:
    captions = ["2023年3月，委员察看城关托老所。", "2023年4月，委员在河东小学调研校舍改造。"]
    middle = "\n\n\n\n".join(captions)
    (article,) = articles_from_text(f"校舍改成托老所\n\n{LONG}\n\n\n\n{middle}\n\n{MORE}\n\n{LAST}")
    assert [p.text for p in article.parts if p.kind == "caption"] == captions
    assert len(article.paragraphs) == 3


@pytest.mark.parametrize(
    "border",
    ["\n\n\n", "\n责任编辑：要闻部\n", "\n==========\n"],
)
def test_two_articles_in_one_file(border: str) -> None:
    one = f"校舍改成托老所\n——某县养老见闻\n本报记者\n{LONG}\n{MORE}"
    two = f"粮站里的读书声\n——某县图书室见闻\n本报通讯员\n{LAST}\n{MORE}"
    articles = articles_from_text(f"{one}\n{border}\n{two}")
    assert [a.title for a in articles] == ["校舍改成托老所", "粮站里的读书声"]
    assert [len(a.paragraphs) for a in articles] == [2, 2]
    assert [a.number for a in articles] == [1, 2]


def test_a_quotation_and_its_speaker_begin_no_article() -> None:
    told = f"“夜里停电也不怕了”\n\n——河东小学护工\n\n{LAST}"
    (article,) = articles_from_text(f"校舍改成托老所\n\n{LONG}\n\n{MORE}\n\n{told}")
    assert [p.text for p in article.paragraphs] == [LONG, MORE, LAST]


def test_what_the_page_says_of_itself() -> None:
    text = f"校舍改成托老所\n2023-03-02 08:15 来源：某县融媒\n□钟  鸣\n{LONG}\n{MORE}"
    (article,) = articles_from_text(text)
    assert dict(article.meta) == {"date": "2023-03-02", "source": "某县融媒", "author": "钟鸣"}


def test_body_without_anything_else() -> None:
    (article,) = articles_from_text(LONG)
    assert [(p.kind, p.line) for p in article.parts] == [("body", 1)]


@given(
    st.text(
        st.sampled_from("县里的校舍，。、“”（）—▲□ 12\n\n\n　一问答：") | st.characters(),
        max_size=400,
    )
)
def test_no_character_is_lost_and_lines_are_right(text: str) -> None:
    parts = [p for a in articles_from_text(text) for p in a.parts]
    kept = sorted("".join(p.text for p in parts).replace(" ", ""))
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert kept == sorted("".join(clean(x) for x in lines).replace(" ", ""))
    for part in parts:
        first = (part.original or part.text).split("\n")[0]
        assert first == lines[part.line - 1]
