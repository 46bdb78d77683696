"""What a line's own look says it is: the words and signs that editors use."""

from __future__ import annotations

from typing import Final

from topics.corpus import Kind
from topics.patterns import Pattern
from topics.splitting.lines import ends_final, sentences

SHORT: Final = 45  # characters; headlines, headings and bylines are rarely longer
_YEAR: Final = r"(?:(?:19|20)\d\d|二[\u3007○零\uff2f0][\u3007○零一二三四五六七八九\uff2f0]{2})"
_CN_DAY: Final = r"[一二三四五六七八九十]{1,3}"
DATE: Final = (
    rf"{_YEAR} ?[-/.年] ?(?:\d{{1,2}}|{_CN_DAY}) ?(?:[-/.月] ?(?:\d{{1,2}}|{_CN_DAY}) ?[日号]?)?"
)
_CLOCK: Final = r"(?:T?\d{1,2}[:：]\d{2}(?:[:：]\d{2})?|\d{1,2}时(?:\d{1,2}分)?)"
_NUMERAL: Final = "[一二三四五六七八九十百]{1,3}"

NUMBERED: Final = Pattern(
    rf"(?:第{_NUMERAL}[章节部分编篇条讲]+|{_NUMERAL}[、.．]|[（(]{_NUMERAL}[)）]、?"
    rf"|\d{{1,2}}[.．、](?!\d)"
    rf"|[（(]\d{{1,2}}[)）]|[①-⑳]|[ⅠⅡⅢⅣⅤⅥ]+[、.])"
)
ITEM: Final = Pattern(rf"(?:{_NUMERAL}是|第{_NUMERAL}[，,]|[-•·●○◆◇■★☆➤►▪*] ?|首先|其次|再次|最后)")
SPEAKER: Final = Pattern(r"(?:问|答|记者|主持人|提问|[QA]\d{0,2})[：:]")
ANSWER: Final = Pattern(r"(?:问|答|记者|主持人|[QA]\d{0,2}|[\u4e00-\u9fff]{2,4})[：:]")
QUESTION: Final = Pattern(r"(?:问|记者|主持人|Q\d{0,2}|本报记者|提问)[：:].*[？?]$")
SPEAKER_LINE: Final = Pattern(
    r"[^，。；]{0,20}(?:委员|代表|主席|主任|局长|县长|市长|区长|镇长|乡长|书记|部长|教授|研究员|主持人"
    r"|负责人|记者|院长|校长|站长|会长|秘书长|组长|处长|科长|村民|居民)(?:[（(].{2,20}[)）])?[：:]$"
)
SALUTATION: Final = Pattern(
    r"(?:[尊敬爱的]{2,3})?(?:各位|编辑同志|同志们|朋友们|女士们|老师们|同学们|代表们).{0,24}[：:，,！!]$"
    r"|[^，。；]{1,40}(?:人民政府|党委|党组|委员会|各部门|直各单位|直属机构|有关单位)[：:]$"
)

_SEPARATOR: Final = Pattern(r"[-=*_~—…·.•◆◇■□●○★☆※#\u2500-\u257f\uff1d－\uff0a\s]{3,}")
_PAGE_NUMBER: Final = Pattern(
    r"[-—–·\[(（]* ?(?!0\d$)\d{1,4} ?[-—–·\])）]*"  # 01, 02 … number the sections of a post
    r"|[-— ]*第 ?[\d一二三四五六七八九十]+ ?页(?:[ ，,/]*共 ?\d+ ?页)?[-— ]*"
    r"|\d{1,3} ?/ ?\d{1,3}|[Pp]age ?\d+(?: ?of ?\d+)?"
)
_URL: Final = Pattern(r"(?:网址|链接|来源|原文链接)?[：: ]*(?:https?://|www\.)\S+")

_CAPTION_SIGN: Final = Pattern(r"[▲△▼▽◀▶◁▷↑↓←→]+")
_CAPTION_START: Final = Pattern(
    r"图为|[上下左右]图[为：:，,]|图[一二三四五六七八九十\d]{0,2}[：:]"
    r"|[（(]?图 ?(?:\d{1,2}[ 　]|[①-⑳])"
    r"|[（(]?图(?:片来)?源[：:]|图片说明|图说|组图|资料图[：:]|\[?图\]"
)
_CAPTION_END: Final = Pattern(
    r"[（(](?:[^（）()]{0,16}(?:摄|摄影|供图|图片|资料图|资料照片|配图|制图|图)"
    r"|(?:摄影|摄|图|供图|图片|图片来源)[：:／/ ][^（）()]{1,16})[)）]。?"
    r"|(?:[。 　]|新华社|本报)[\u4e00-\u9fff· ]{0,14}(?:摄|摄影|供图)。?|(?:新华社发"
    r"|资料图片|资料照片)。?"
)
_PICTURE: Final = Pattern("[摄图照片]|社发")
CAPTION_LONG: Final = 130  # characters; a paragraph that ends (某某摄) is longer

_STAFF: Final = (
    r"(?:责任?编辑|责编|责任校对|编辑|编审|校对|审核|初审|复审|终审|一审|二审|三审|审签"
    r"|监制|总监制|主编|值班|版式|美编|制作"
    r"|签发|统筹|策划|排版|实习编辑|本期编辑|本版编辑|本版责编|执行主编|来稿)"
)
_BOILER_START: Final = Pattern(
    rf"[（(【\[\u3014]?(?:{_STAFF}(?:[：:/ 　丨|]|$)"
    r"|(?:特别|免责|版权|郑重|重要)?(?:声明|提示)[：:]|免责声明|版权(?:所有|声明|归)|转载"
    r"|未经(?:授权|许可|本)"
    r"|阅读原文|上一[篇页条]|下一[篇页条]|(?:相关|推荐|往期|延伸|热门|更多|猜你喜欢"
    r"|编辑推荐)(?:阅读|链接|新闻|推荐|文章|内容|资讯)"
    r"|分享(?:到|至|给|按钮|本文)|点击(?:上方|下方|蓝字|这里|查看|关注|阅读|进入"
    r"|[量数率]?[：: ])|扫(?:一扫|描|码(?:关注|阅读|查看|下载|加|进|看|听))"
    r"|长按|微信扫|欢迎(?:关注|投稿)"
    r"|收录于(?:合集|话题|专辑)|[-—]{3,} ?(?:转发的?邮件|原始邮件|Forwarded|Original)"
    r"|往期推荐|签发人[：:]|内部(?:资料|刊物|文件)|新闻通稿|本期(?:目录|导读|要目)$"
    r"|(?:索引号|信息分类|公开方式|公开形式|公开范围|主题词|发文字号|文号|发布机构|发文机关"
    r"|成文日期|生成日期|有效性|有效期|效力状态|名称|体裁分类|组配分类)[：: ]"
    r"|关注(?:我们|本报|本号|公众号)|打印(?:本页|本文)?(?:$|[ 　|【】])|关闭(?:窗口|本页)"
    r"|【?字体|字号|浏览(?:次数|量|数)"
    r"|阅读(?:量|数|次数)?[：: ]*\d|(?:点赞|在看|转发){1,3}(?:$|[ 　|\d，、])"
    r"|点个?[“「]|喜欢此内容|收藏(?:$|[ 　|])"
    r"|举报|返回(?:首页|顶部|列表)"
    r"|首页(?:$| ?[>\u203a»|\uff1e])|当前位置|您(?:现在|当前|所在)的?"
    r"|网站(?:地图|标识码)|联系我们|媒体联络|(?:主办|承办|协办|技术支持|制作)(?:单位)?[：:]"
    r"|[Cc]opyright|COPYRIGHT"
    r"|©|[京沪津渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]ICP"
    r"|(?:联系)?(?:地址|电话|邮编|邮箱|传真|热线|联系人|QQ|网址|投稿邮箱|新闻热线)[：:]"
    r"|来信请寄|投稿"
    r"|(?:原标题|原题|以下文章来源于|稿源|标签|关键词|分类|责任者|文章来源|信息来源|图片来源|数据来源"
    r"|素材来源|来源)[：:]"
    r"|此件|抄[送报][：:]|[报送发印][：:]|附件\d?[：:]|附[：:].{0,12}略|注释?[：:]|注解"
    r"|备注[：:]|名词解释|参考文献|\[\d{1,2}\] ?\S"
    r"|以上(?:消息|内容|文章|信息|图文|观点|均)|文中(?:图片|人物|数据)|(?:本文|全文|内容"
    r"|稿件|图片)(?:均?来源|均?来自|转自|转载|摘自|系|由|均|仅|数据|编辑|图片|选自|刊于"
    r"|原载|原刊|内容)"
    r"|本(?:版|组|页面|稿|网|站|公众号|平台|刊)(?:图片|稿件|内容|文章|数据|不|仅|由|除|所"
    r"|转载|注明|未|均|系|编辑|责)"
    r"|读者(?:若|如|可)|如有?(?:侵权|涉及|需转载|转载)|凡(?:本网|注明|来源)|(?:下转|上接)(?:第|\d|[A-D])"
    r"|[（(]?(?:上接|下转|紧接|转)第?[一二三四五六七八九十\dA-D]{1,2}版|因篇幅|除署名外"
    r"|(?:本报|本网|本刊)(?:地址|社址|热线|投稿)|(?:END|End|end)$|[—\-= ]*(?:END|End|end|完"
    r"|全文完)[—\-= ]*$|[（(](?:完|全文完|END)[)）]$)"
)
_BOILER_WORD: Final = Pattern(
    r"编辑|责编|校对|审核|签发|供稿|版权|转载|采写|删节|投稿|注明出处|文责自负|邮箱|热线"
    r"|公众号|客户端|数据截至|发言材料|此件|印发"
    r"|小标题为|图片|资料图|不代表|摘自|有改动|整理|截稿|未经|记者站提供|提供$"
)
TAIL_STAFF: Final = Pattern(rf"[（(【\[\u3014]?(?:本版|本期|本网|本报)?{_STAFF}[：:/ 　丨|]")

_ONE: Final = r"(?:[\u4e00-\u9fff·]{2,4}|[\u4e00-\u9fff] [\u4e00-\u9fff])"
_NOT_BYLINE: Final = Pattern(
    r"(?:本报)?记者(?:手记|观察|调查|走访|札记|探访|日记|来信|眼|从|在|了解|节|看|们|问|会)"
)
_SIGNS: Final = "□■◇◆○●☐▢"
_SIGNED: Final = Pattern(  # by itself, because the class of all Han takes half a millisecond each
    rf".\s?(?:{_ONE}(?:[ 　/、]+{_ONE}){{0,3}}$"
    r"|\S{0,14}(?:记者|通讯员|评论员|作者|撰稿人|本[报刊网台]|编辑部)"
    r"(?:[ 　/、：]*\S{1,14}){0,5}$)"
)
_BYLINE: Final = Pattern(
    r"(?:(?:作者|撰文|文|撰稿|采写|通讯员|记者|文字|供稿|整理|主讲人|口述|执笔|图文|文图"
    r"|供图|摄影)\s?[：:／/丨|]"
    r"|原创 +\S.{0,30}$"
    r"|文 ?[/／、·] ?图|[（(](?:作者|记者|通讯员|本报记者|本报评论员|本报通讯员|本网记者"
    r"|执笔|记者：).{0,50}[）)]$"
    r"|(?:\S{2,12}[ 　])?(?:本[报刊网台社]|新华社|人民日报|人民政协报|中新社|央视"
    r"|综合)?\S{0,8}?(?:记者|通讯员|评论员|特约撰稿人|撰稿人|编辑部|评论部|理论部|报道组)"
    r"(?:[ 　：:/丨|、].{0,30})?(?:报道|整理|摄影报道|组)?$"
    r"|本[报刊]\S{0,6}(?:综合|记者|评论员|通讯员|国际部|编辑部|理论部|整理)|综合本报"
    r"|本报讯（记者.{0,20}）$)"
)
ORGANISATION: Final = Pattern(
    r"(?:.{2,30}(?:办公室|办公厅|委员会|党委|党组|工委|政协|总支|支部|课题组|调研组|报道组"
    r"|记者站|工作室|宣传信息中心|宣传部|统战部|组织部|研究室|融媒体?中心|融媒"
    r"|日报社?|委员|整理|供稿|主席|部长|书记|教授|研究员|简报第\d+期|秘书处|[办厅局室处科部]编"
    r")|.{0,12}[市县区州镇乡]\S{1,16}(?:局|厅|政府|中心|协会|街道办))$"
)

NAME: Final = Pattern(
    r"[\u4e00-\u9fff](?: ?[\u4e00-\u9fff·]){1,4}"
    r"(?:[ 　、/]+[\u4e00-\u9fff](?: ?[\u4e00-\u9fff·]){1,3}){0,3}$"
)
_TIMED: Final = Pattern("[0-9\u3007○零二讯电]")  # a date is never without one of these
_DATE_LINE: Final = Pattern(
    rf"[（(]?(?:发布(?:时间|日期)|发稿时间|更新时间|时间|日期|发表于"
    rf"|刊发日期)?[：: ]*(?:{DATE})(?:[ 　]*(?:星期[一二三四五六日天]|{_CLOCK}))*"
    r"(?P<rest>[^。；！？]{0,45})$"
)
_DOCUMENT_NUMBER: Final = Pattern(r"\S{2,16}[\u3014\[（(](?:19|20)\d\d[\u3015\]）)] ?第?\d{1,4}号$")
_DATED_CREDIT: Final = Pattern(rf"(?P<who>[^，。：；]{{2,24}}?)[ 　]+{DATE}(?: ?{_CLOCK})?$")
_PAGE_HEAD: Final = Pattern(
    rf"(?:[A-D]?\d{{1,2}}|第.{{1,3}}版)[ 　].{{0,12}}{DATE}"
    r"|\S{2,16}[\u3014\[]\d{4}[\u3015\]]\d{1,4}号 +签发人"
)
_DAY_LINE: Final = Pattern(r"[（(](?:\d{1,2}月\d{1,2}日|\d{4}年).{0,24}[)）]$")
_WIRE: Final = Pattern(
    r"(?:本[报网刊台]|新华社|中新[社网]|人民网"
    r"|\S{2,6})\S{0,10}?(?:\d{1,2}月\d{1,2}日)?[讯电]$|本报讯$"
)
_SOURCE_LINE: Final = Pattern(
    r"(?:来源|稿源|文章来源|信息来源)[：: ].*(?:时间|日期|20\d\d)|.*(?:来源|作者|浏览|阅读"
    r"|点击)[：:].*(?:\d{4}[-/.年]\d{1,2})"
)

COLUMN: Final = Pattern(
    r"(?:[【〖\[][^】〗\]]{2,16}[】〗\]]?$|[<《『「■◆●★▍|丨︱].{2,16}[>》』」]?$"
    r"|[※★●◆■] ?.{2,12} ?[※★●◆■]$|栏目[：:].{2,20}|.{2,10}[·•・丨"
    r"|\uff5c].{1,10}$"
    r"|.{0,10}(?:专栏|专版|专题|专刊|特刊|周刊|副刊|论坛|圆桌|观察|视野|视点|视窗|瞭望"
    r"|走笔|茶座|会客厅|议事厅|议政厅|之窗|之声|园地|天地|风采"
    r"|在线|在身边|进行时|一线|故事|速览|简报|动态|要闻|快讯|信箱|时评|社论|评论|言论|随笔"
    r"|漫谈|札记|悟|访谈|对话|连载|调查|调研行|新征程"
    r"|百年路|扶贫|攻坚|纪念|专稿|特稿|特别报道|头条|阅读|家园|先锋|建言|之友|同行|的政协"
    r"|理论|巡礼|新实践|工作交流|展示|亮点工作|掠影|撷英|学习教育|主题教育|两会|现场|聚焦|关注)$"
    r"|(?:深入|认真)?学习(?:宣传)?贯彻.{4,24}|(?:喜迎|庆祝|纪念|决战|牢记|奋进|奋斗|走进"
    r"|我与|我的|我和).{2,16}$|回眸\d{4}$|第?\d+期.{0,10}$|第.{1,4}版.{0,10}$)"
)
COLUMN_LONG: Final = 24
PREFACE: Final = frozenset(
    [
        "题记",
        "引子",
        "引言",
        "前言",
        "导语",
        "导言",
        "序",
        "序言",
        "开篇",
        "开篇语",
        "楔子",
        "摘要",
        "提要",
        "目录",
        "正文",
        "编者按",
        "编者的话",
        "开栏的话",
        "开栏语",
        "核心提示",
        "内容提要",
    ]
)


LETTER_END: Final = frozenset(["此致", "敬礼", "特此通知", "特此报告", "特此公告", "特此说明"])


def is_separator(text: str) -> bool:
    """Return whether the line only parts what stands around it (=====, * * *)."""
    return bool(_SEPARATOR.fullmatch(text))


def is_page_number(text: str) -> bool:
    """Return whether the line is a page's number."""
    return bool(_PAGE_NUMBER.fullmatch(text))


def is_byline(text: str) -> bool:
    """Return whether the line names who wrote."""
    if len(text) > SHORT or _NOT_BYLINE.match(text):
        return False
    if _TIMED.search(text) and (found := _DATED_CREDIT.match(text)):
        who = found["who"].split(" ")[0]
        return who.endswith("编") or bool(NAME.match(who) or ORGANISATION.match(who))
    return bool((text[:1] in _SIGNS and _SIGNED.match(text)) or _BYLINE.match(text))


def is_dateline(text: str) -> bool:
    """Return whether the line says when (and where from), and nothing else."""
    if len(text) > 2 * SHORT or text[-1:] in "。！？" or not _TIMED.search(text):
        return False
    found = _DATE_LINE.match(text)
    if found and "，" not in found["rest"] and "," not in found["rest"]:
        return True
    if _DATED_CREDIT.match(text):
        return not is_byline(text)
    return any(p.match(text) for p in (_DAY_LINE, _WIRE, _SOURCE_LINE, _DOCUMENT_NUMBER))


def is_caption(text: str) -> bool:
    """Return whether the line carries a picture's mark.

    A triangle or an arrow alone is none: prose and lists begin with them too.
    """
    if len(text) > CAPTION_LONG:
        return False
    if text[0] not in _FIRST:
        pass
    elif _CAPTION_START.match(text):
        return True
    elif sign := _CAPTION_SIGN.match(text):
        rest = text[sign.end() :].strip()
        if _BOILER_START.match(rest):
            return False
        return bool(rest) and rest[-1] not in "；;：:" and sentences(rest) <= 1 + ("摄" in rest)
    if len(text) > 2 * SHORT or not _PICTURE.search(text, len(text) - 20):
        return False
    found = _CAPTION_END.search(text)
    return bool(found and found.end() == len(text))


def is_boilerplate(text: str) -> bool:
    """Return whether the line is about the page, not about the matter."""
    alone = len(text) <= SHORT and (not "\u3400" <= text[0] <= "\u9fff" or text[0] == "第")
    if alone and (is_separator(text) or is_page_number(text)):
        return True
    if text[0] in "↑↓" or (_TIMED.search(text) and _PAGE_HEAD.match(text)):
        return True
    if text[0] not in _FIRST or len(text) > 4 * SHORT:
        return False
    return bool(_BOILER_START.match(text) or _URL.match(text))


def is_signature(text: str) -> bool:
    """Return whether the line is a name or an office in brackets: （罗小满）."""
    inner = text[1:-1]
    if len(text) > SHORT or text[:1] not in "（(" or text[-1:] not in "）)" or "：" in inner:
        return False
    if inner.endswith("供稿"):
        return False
    return bool(NAME.match(inner) or ORGANISATION.match(inner) or inner[-1:] in "站所社校院队")


def speaks_of_the_page(text: str) -> bool:
    """Return whether a short line at the end of an article speaks of how it was made."""
    return bool(_BOILER_WORD.search(text))


_FIRST: Final = frozenset(  # what captions and editors' lines begin with; a test compares
    "▲△▼▽◀▶◁▷↑↓←→图上下左右组资[（(【\u3014-=CEQ[ce©—hw：:一三主举二云京以传体信值免全公关冀内凡分初制协印原参发"
    "吉名喜因在地声备复如媒字宁完实审川延当微总您成打执扫承技抄投报排推提收效数文新晋更有未本来标校桂欢"
    "此沪注津浏浙渝湘点热版特猜琼甘生电皖监相稿策签粤素索紧终统编网美联苏蒙藏读豫责贵赣转辽返送邮郑鄂往"
    "重长链闽阅附陕除青首鲁黑"
)


def _is_prose(text: str) -> bool:
    """Return whether whole sentences have no mark of a caption at their end."""
    return len(text) > 2 * SHORT or not _PICTURE.search(text, len(text) - 20)


def mark_of(text: str) -> Kind | None:
    """Return what the line is by its own look, or None."""
    size = len(text)
    if size > 4 * SHORT:
        return None
    prose = size > SHORT and text[-1] in "。！？" and _is_prose(text)
    if prose and text[0] not in _FIRST:  # most lines: only their beginning can tell
        return None
    if not prose and is_dateline(text):
        return "dateline"
    if is_caption(text):
        return "caption"
    if is_boilerplate(text):
        return "boilerplate"
    credited = len(text) <= SHORT and is_byline(text) and not ends_final(text.rstrip("）)"))
    return "byline" if credited else None
