"""The languages a register may name: sign language and Braille, those of China, its dialects, and foreign ones.

Codes are those of ISO 639 where there is one.
"""

from dispatch.domain.vocabulary import MANDARIN
from dispatch.exchange.wording import Wordlist

# fmt: off
LANGUAGES = Wordlist.of((
    # code      Chinese                 English
    (MANDARIN,  "普通话",               "Mandarin"),
    ("sign",    "手语（国家通用手语）", "sign language"),
    ("braille", "盲文",                 "Braille"),
    # of national minorities
    ("mn",      "蒙古语",               "Mongolian"),
    ("bo",      "藏语",                 "Tibetan"),
    ("ug",      "维吾尔语",             "Uyghur"),
    ("kk",      "哈萨克语",             "Kazakh"),
    ("ko",      "朝鲜语",               "Korean"),
    ("ii",      "彝语",                 "Yi"),
    ("za",      "壮语",                 "Zhuang"),
    ("hmn",     "苗语",                 "Hmong"),
    ("ky",      "柯尔克孜语",           "Kyrgyz"),
    ("tdd",     "傣语",                 "Tai Nuea"),
    ("kmc",     "侗语",                 "Kam"),
    ("pcc",     "布依语",               "Bouyei"),
    ("bca",     "白语",                 "Bai"),
    ("hni",     "哈尼语",               "Hani"),
    ("lis",     "傈僳语",               "Lisu"),
    ("prk",     "佤语",                 "Wa"),
    ("lhu",     "拉祜语",               "Lahu"),
    ("kac",     "景颇语",               "Jingpo"),
    ("nxq",     "纳西语",               "Naxi"),
    ("tji",     "土家语",               "Tujia"),
    ("ium",     "瑶语（勉语）",         "Mien"),
    ("lic",     "黎语",                 "Hlai"),
    ("srh",     "塔吉克语",             "Sarikoli"),
    ("sjo",     "锡伯语",               "Xibe"),
    ("ru",      "俄语",                 "Russian"),
    # dialects of Chinese
    ("yue",     "粤语",                 "Cantonese"),
    ("nan",     "闽南语",               "Southern Min"),
    ("teochew", "潮州话",               "Teochew"),
    ("hak",     "客家话",               "Hakka"),
    ("wuu",     "吴语",                 "Wu"),
    ("wenzhou", "温州话",               "Wenzhounese"),
    ("hsn",     "湘语",                 "Xiang"),
    ("gan",     "赣语",                 "Gan"),
    ("cjy",     "晋语",                 "Jin"),
    ("czh",     "徽语",                 "Huizhou"),
    ("csp",     "平话",                 "Pinghua"),
    # foreign
    ("en",      "英语",                 "English"),
    ("ja",      "日语",                 "Japanese"),
    ("fr",      "法语",                 "French"),
    ("de",      "德语",                 "German"),
    ("es",      "西班牙语",             "Spanish"),
    ("pt",      "葡萄牙语",             "Portuguese"),
    ("it",      "意大利语",             "Italian"),
    ("ar",      "阿拉伯语",             "Arabic"),
    ("vi",      "越南语",               "Vietnamese"),
    ("lo",      "老挝语",               "Lao"),
    ("km",      "柬埔寨语（高棉语）",   "Khmer"),
    ("th",      "泰语",                 "Thai"),
    ("my",      "缅甸语",               "Burmese"),
    ("id",      "印度尼西亚语",         "Indonesian"),
    ("ms",      "马来语",               "Malay"),
    ("tl",      "菲律宾语（他加禄语）", "Tagalog"),
    ("hi",      "印地语",               "Hindi"),
    ("ur",      "乌尔都语",             "Urdu"),
    ("fa",      "波斯语",               "Persian"),
    ("tr",      "土耳其语",             "Turkish"),
    ("khk",     "蒙古语（境外）",       "Khalkha Mongolian"),
    ("cy",      "威尔士语",             "Welsh"),
), (
    # code      how offices write it too
    (MANDARIN, "汉语"), (MANDARIN, "国语"), (MANDARIN, "中文"), ("sign", "手语"), ("sign", "通用手语"),
    ("bo", "藏文"), ("mn", "蒙语"), ("ug", "维语"), ("kk", "哈语"), ("ko", "韩语"), ("ko", "韩国语"),
    ("ium", "瑶语"), ("ium", "勉语"), ("yue", "广东话"), ("yue", "白话"), ("nan", "闽南话"), ("hak", "客家语"),
    ("wuu", "上海话"), ("hsn", "湖南话"), ("teochew", "潮汕话"), ("km", "柬埔寨语"), ("km", "高棉语"),
    ("tl", "菲律宾语"), ("tl", "他加禄语"), ("id", "印尼语"),
))
# fmt: on
