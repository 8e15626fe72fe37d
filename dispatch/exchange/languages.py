"""Languages a case may need or a practitioner may speak beside Mandarin: ISO 639 codes, and sign language."""

from dispatch.exchange.wording import Wordlist

# fmt: off
LANGUAGES = Wordlist.of((
    # code    Chinese       English
    ("sign",  "手语",       "sign language"),
    ("braille", "盲文",     "Braille"),
    ("yue",   "粤语",       "Cantonese"),
    ("nan",   "闽南语",     "Southern Min"),
    ("hak",   "客家话",     "Hakka"),
    ("wuu",   "吴语",       "Wu"),
    ("bo",    "藏语",       "Tibetan"),
    ("ug",    "维吾尔语",   "Uyghur"),
    ("mn",    "蒙古语",     "Mongolian"),
    ("za",    "壮语",       "Zhuang"),
    ("ko",    "朝鲜语",     "Korean"),
    ("kk",    "哈萨克语",   "Kazakh"),
    ("ky",    "柯尔克孜语", "Kyrgyz"),
    ("ii",    "彝语",       "Yi"),
    ("hmn",   "苗语",       "Hmong"),
    ("en",    "英语",       "English"),
    ("cy",    "威尔士语",   "Welsh"),
    ("ja",    "日语",       "Japanese"),
    ("ru",    "俄语",       "Russian"),
    ("fr",    "法语",       "French"),
    ("de",    "德语",       "German"),
    ("es",    "西班牙语",   "Spanish"),
    ("ar",    "阿拉伯语",   "Arabic"),
    ("vi",    "越南语",     "Vietnamese"),
    ("th",    "泰语",       "Thai"),
    ("my",    "缅甸语",     "Burmese"),
))
# fmt: on
