"""Words that say what is stated: directions, peaks, hedged futures, denials, conditions, sources."""

from __future__ import annotations

import re

DOWN = re.compile(
    r"\b(?:fell|g[ia]v(?:e|en|es|ing) (?:up|back)|fall(?:s|en|ing)?|drop(?:ped|s|ping)?|declin(?:e[sd]?|ing)|los(?:t|es|ing|e)|down|"
    r"slid(?:e|es|ing)?|slump(?:ed|s|ing)?|plung(?:e[sd]?|ing)|tumbl(?:e[sd]?|ing)|sank|sunk|"
    r"s[iu]nk(?:s|ing)?|shed(?:s|ding)?|slip(?:ped|s|ping)?|decreas(?:e[sd]?|ing)|"
    r"retreat(?:ed|s|ing)?|crash(?:ed|es|ing)?|collaps(?:e[sd]?|ing)|lower|below|under(?! pressure)|(?<!-)off(?!-)|beneath|"
    r"correct(?:ed|ion)|drawdown|plummet(?:ed|s|ing)?|weaken(?:ed|s|ing)?|weak(?:er|ness)?|"
    r"dip(?:ped|s|ping)?|eas(?:ed|es|ing)|halved|sell-?off|sold off|selling off|pullback|"
    r"pulled back|give(?:n)? back|gave back|soften(?:ed|s|ing)?|soft(?:er)?|erased|wiped out|"
    r"underwater|shrank|contracted|deprecia\w+|broke down|lost ground|edged down|cheaper)\b"
    r"|下落|下げ|急落|暴落|大幅安|低下|落ち|下回|値下がり|反落|続落|軟化|軟調|割り込|割れ|マイナス圏|"
    r"下押し|崩れ|失速|売られ|沈ん|沈み|ドル安|円安|株安|同時安|全面安|調整(?!後)|縮小|後退|"
    r"(?:\d|%|ドル|円)安(?!定|値|全|心)|安くな|安く|弱含|弱い|下がっ|下がり|(?:の|は)マイナス(?!金利)|マイナスに(?:沈|転|落)|目減り|失っ|失い|半減|半値|緩和し|弱ま",
    re.IGNORECASE,
)
UP = re.compile(
    r"\b(?:ros(?:e)|ris(?:e[sn]?|ing)|gain(?:ed|s|ing)?|climb(?:ed|s|ing)?|jump(?:ed|s|ing)?|"
    r"surg(?:e[sd]?|ing)|rall(?:y|ied|ies|ying)|soar(?:ed|s|ing)?|(?<!given )(?<!gave )(?<!giving )(?<!give )up|higher|advanc(?:e[sd]?|ing)|"
    r"increas(?:e[sd]?|ing)|add(?:ed|s|ing)|strengthen(?:ed|s|ing)?|strong(?:er)?|firm(?:ed|er|s|ing)?|"
    r"rebound(?:ed|s|ing)?|recover(?:ed|s|ing|y)?|bounc(?:e[sd]?|ing)|doubled|tripled|"
    r"appreciat(?:e[sd]?|ing|ion)|above|over|outperform(?:ed|s)?|spik(?:e[sd]?|ing)|"
    r"edged up|moved up|ticked up|pick(?:ed)? up|widen(?:ed|s|ing)?|strength|lift(?:ed|s)?)\b"
    r"|上昇|上げ|急騰|高騰|騰貴|反発|続伸|上回|値上がり|回復|伸び|急伸|大幅高|持ち直|強含|強い|(?<!跳ね)上がっ|(?<!跳ね)上がり|(?:の|は)プラス|"
    r"ドル高|円高|株高|同時高|(?:\d|%|ドル|円)高(?!値|止|水準)|高くな|倍増|買われ|戻し|上振れ|高まっ|高まり|強ま",
    re.IGNORECASE,
)
FLAT = re.compile(
    r"\b(?:flat|little changed|unchanged|stable|steady|barely moved|sideways|range-?bound|"
    r"held (?:firm|steady|up)|holding (?:firm|steady|up)|hold(?:s)? (?:firm|steady|up)|resilient)\b"
    r"|横ばい|変わらず|小動き|底堅|安定|ほぼ動か|堅調を維持|持ちこたえ",
    re.IGNORECASE,
)
LARGE = re.compile(
    r"\b(?:sharp(?:ly)?|surg\w+|soar\w+|plung\w+|spik\w+|tumbl\w+|plummet\w*|crash\w*|steep(?:ly)?|"
    r"massive|dramatic(?:ally)?|significant(?:ly)?|strongly|skyrocket\w*)\b|急|大幅|大きく|暴落|跳ね|顕著",
    re.IGNORECASE,
)
SMALL = re.compile(
    r"\b(?:edged|slight(?:ly)?|modest(?:ly)?|a little|ticked|inched|marginal(?:ly)?|nudged|crept|gradually)\b"
    r"|小幅|やや|わずか|若干|じり|緩やか|微",
    re.IGNORECASE,
)
PEAK = re.compile(
    r"\b(?:peak(?:s|ed)?|all-?time[- ]highs?|ATH|(?<!on )record(?![- ](?:breaking|setting))(?:[- ]highs?)?|highs?|top(?!ped| of| 10)|highest (?:close|level))\b"
    r"|最高値|高値|ピーク|天井|史上最高",
    re.IGNORECASE,
)
RECORD = re.compile(
    r"\b(?:all-?time|record|ATH|historic(?:al)?)\b|史上|過去最高|最高値更新", re.IGNORECASE
)
TROUGH = re.compile(
    r"\b(?:low(?:s|est)?|trough|bottom(?:ed)?|floor)\b|安値|最安値|底値|大底|ボトム", re.IGNORECASE
)
FUTURE = re.compile(
    r"\b(?:will|could|may(?= [a-z])|might|expect(?:s|ed)?|forecast(?:s|ed)?|target(?:s|ing)?|projected|predict(?:s|ed)?|"
    r"should|would|likely|next (?:year|month|week|quarter)|by year-?end|going forward|outlook|"
    r"plan(?:s)? to|to come|can (?:rise|fall|reach|drop)|see(?:s)? (?:gold|bitcoin|it) (?:at|reaching|hitting))\b"
    r"|だろう|見込|予想|見通し|可能性|目標|かもしれ|うる(?!さ)|得る|想定|期待され|目指す|シナリオ|試す展開|視野|"
    r"(?:来年|来月|来週|今後)|でしょう|恐れ|余地|と見る",
    re.IGNORECASE,
)
CONDITION = re.compile(
    r"\b(?:if|should (?:the|gold|bitcoin|real|miners)|once|unless|in the event|were to|a (?:clean |clear |sustained |decisive )?break (?:above|below|of|through)|"
    r"provided that|as long as|when(?:ever)? (?:real|the dollar|yields|gold|rates|stocks|tech|equities))\b"
    r"|局面では|ときは|ときには|際は|とは限ら|[えけげせてねべめれ]ば(?!な)|たら(?!し|ない)|なら(?!な|ば?ない|び)|場合|際には|ようだと|とすれば|限り",
    re.IGNORECASE,
)
NEGATION = re.compile(
    r"\b(?:not|never|no longer|n't|nor|neither|hardly|failed to|without|far from|isn't|wasn't|hasn't|haven't|didn't|"
    r"doesn't|don't|cannot)\b|n't\b|ていない|なかった|(?<!少)ない(?!し|か)|ではなく|ではない|ず(?:に|、|$)|とは言えない|とはいえない",
    re.IGNORECASE,
)
ATTRIBUTION = re.compile(
    r"\b(?:according to|say(?:s)?|said|analysts?|strategists?|reportedly|argue[sd]?|claim(?:s|ed)?|note[sd]?|report(?:s|ed)?|"
    r"cited|per (?:data|coinglass))\b|によると|によれば|とされ|と言われ|といわれ|との見方|と指摘|アナリスト|ストラテジスト|市場関係者|と報じ|とみられ|という",
    re.IGNORECASE,
)
QUESTION = re.compile(r"[?]\s*$|か[?]$|(?<![しほい])か。$|のか。?$|だろうか。?$")
STEP = re.compile(
    r"\b(?:in (?:step|lockstep|tandem|unison|sync)|together|at the same time|simultaneous(?:ly)?|side by side|"
    r"hand in hand|synchroni[sz]ed|alongside each other|joint(?:ly)?|both (?:fell|dropped|declined|slid|sold off|tumbled|plunged|rose|rallied))\b"
    r"|同時に|歩調を(?:合わせ|そろえ|揃え)|連動し|連れ安|連れ高|同時安|同時下落|揃って|そろって|足並み|シンクロ|同時進行|並行し",
    re.IGNORECASE,
)
LOCKSTEP = re.compile(
    r"\b(?:lockstep|in step|tandem|unison|sync|synchroni[sz]ed)\b|歩調|シンクロ|足並み|連動|ほぼ同時",
    re.IGNORECASE,
)
NOT_PRICE = re.compile(
    r"\b(?:valuations?|multiples?|costs?|margins?|earnings|profits?|revenues?|volatility|demand|supply|holdings|inflows?|outflows?|open interest|positions?|"
    r"volumes?|market cap\w*|capitali[sz]ation|dominance|production|purchases|buying|appetite|allocations?|premium|dividends?|reserves|hash ?rate|longs?|shorts?)\b"
    r"|バリュエーション|コスト|利益|業績|売上|ボラティリティ|変動率|需要|供給|保有|流入|流出|建玉|出来高|時価総額|生産|購入|買い越|ポジション|PER(?![A-Za-z])|配当|比率|ウエート|構成比|ロング|ショート|準備",
    re.IGNORECASE,
)
GENERAL = re.compile(
    r"\b(?:generally|usually|typically|tends? to|normally|historically)\b|一般に|通常|やすい|傾向|重荷となる|追い風となる|逆風となる|重荷になり",
    re.IGNORECASE,
)
RATIO = re.compile(r"(?<![\d.])-?0?\.\d")
CORRELATION = re.compile(r"correlat|相関", re.IGNORECASE)
JUMP = re.compile(
    r"\b(?:spik\w+|jump\w*|surg\w+|soar\w*|leap\w*|leapt|shot up|risen|rose|rise|rising|climb\w*|increas\w+|strengthen\w*|tighten\w*|higher)\b"
    r"|急上昇|急騰|跳ね上が|高ま|上昇|急伸|強ま|急激",
    re.IGNORECASE,
)
AVERAGE = re.compile(
    r"(?P<count>\d{1,3})[- ]?(?P<unit>day|week|month|d|w|wk|日|週)s?[- ]?(?:線|間)?[- ]?(?:(?P<kind>simple|exponential|指数平滑|指数|単純)[- ]?)?"
    r"(?:moving[- ]averages?|movingaverage|averages?|SMA|EMA|MA\b|DMA|移動平均線?|平均線?|線)"
    r"|(?P<count2>\d{2,3})(?:DMA|WMA)\b"
    r"|(?P<count3>50|100|200)[- ](?P<unit3>day|week)(?=\s(?:at|near|around|is|offers|sits|stands|provides|comes|lies)\b|[,.;)]|$)",
    re.IGNORECASE,
)
WINDOW = re.compile(
    r"(?P<count>\d{1,3}|one|two|three|six|twelve)[- ]?(?P<unit>day|session|week|month|year|営業日|日|週|カ月|か月|ヶ月|ヵ月|年)s?(?:間)?(?:の)?[- ]?(?:rolling |trailing |ローリング)?(?:の)?(?:correlat|相関)"
    r"|(?:rolling|trailing|ローリング|移動)[- ]?(?P<count2>\d{1,3})[- ]?(?P<unit2>day|session|week|month|日|営業日|週|カ月|か月|ヶ月)"
    r"|(?P<count3>\d{1,3})[- ]?(?P<unit3>day|session|week|month)s? rolling",
    re.IGNORECASE,
)
CAUSE_AFTER = re.compile(
    r"\b(?:because of|because|due to|owing to|driven by|on the back of|amid|amidst|caused by|thanks to|as a result of|"
    r"triggered by|pressured by|weighed down by|hurt by|hit by|dragged (?:down|lower) by|led by|in response to|"
    r"reflecting|following|fuel(?:l)?ed by|attributed to|blamed on|on account of|after|as)\b",
    re.IGNORECASE,
)
CAUSE_BEFORE_JA = re.compile(
    r"を背景に|を受けて|を受け|により|によって|による(?!と)|のため|が原因|が主因|が要因|が重荷|が重し|を嫌気|につれて?|が響い|に押され|に圧迫|に伴う|に伴い|に伴って|"
    r"を理由に|が圧迫|が圧力|の影響で|に引きずられ|が引き金|に押し下げ|に支えられ|が押し下げ|が押し上げ|が追い風|が逆風|が下押し|"
    r"が(?=[^、。がは]{1,14}を(?:圧迫|押し下げ|押し上げ|下押し|支え|冷や|追い込|後押し))"
)
CAUSE_AHEAD_JA = re.compile(
    r"(?:背景|要因|主因|原因|引き金)(?:に(?:は|あるのは)|は|となったのは|として(?:は|意識されたのは))(?=[^。]{2,30}(?:ある|だ|だった|です|挙げられ[たる]|指摘され[たる]|あった)(?:という|とされる|との見方(?:がある|が多い)|とみられる|と(?:指摘|説明)され[たる])?。?$)"
)
PRESSED_JA = re.compile(r"圧迫|押し下げ|下押し|重荷|重し|冷や|逆風|圧力|追い込")
LIFTED_JA = re.compile(r"押し上げ|支え|後押し|追い風")
CAUSE_VERB = re.compile(
    r"\b(?:weigh(?:ed|ing|s) on|dragged (?:down )?|dragging|lifting|boosting|hurting|hitting|pressur(?:ed|ing)|pushed (?:down|up)|hit|hurt|sank|drove|lifted|boosted|supported|"
    r"sent|pulled (?:down|lower)|knocked|undermined|squeezed|caused|triggered|explains?|explained|is behind|was behind|were behind|is the (?:main )?(?:cause|reason|driver)|put pressure on|spilled over (?:in)?to|spilt over (?:in)?to|dragged)\b",
    re.IGNORECASE,
)


def direction(text: str) -> str:
    """Tell which way a text says that something went.

    Parameters
    ----------
    text
        A clause, narrowed.

    Returns
    -------
    str
        ``up``, ``down``, ``flat`` or empty; of several words the first one counts.
    """
    found = [
        (match.start(), name)
        for name, pattern in (("down", DOWN), ("up", UP), ("flat", FLAT))
        if (match := pattern.search(text)) is not None
    ]
    return min(found)[1] if found else ""


def directed(text: str, place: int, reach: int = 60) -> str:
    """Tell the direction by the word nearest to a place.

    Parameters
    ----------
    text
        A clause, narrowed.
    place
        Where the figure or the name stands.
    reach
        Letters looked at on either side.

    Returns
    -------
    str
        ``up``, ``down``, ``flat`` or empty.
    """
    low, high = max(0, place - reach), place + reach
    near = text[low:high]
    found = []
    for name, pattern in (("down", DOWN), ("up", UP), ("flat", FLAT)):
        for match in pattern.finditer(near):
            distance = min(abs(match.start() + low - place), abs(match.end() + low - place))
            found.append((distance, name))
    return min(found)[1] if found else ""
