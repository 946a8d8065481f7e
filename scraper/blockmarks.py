"""The marks that firewalls, challenges and error pages leave: what scraper.blocked looks for.

Sources: design/sites.md 2.9 and site-families.md D; names of cookies and variables as public crawlers describe them
(2026-11). A cookie that a product also sets on its ordinary answers (acw_tc, HWWAFSESID, __jsluid) is no mark.
"""

from __future__ import annotations

import re

# 418, 468, 567, 514: Huawei Cloud, Chaitin SafeLine and Tencent EdgeOne refuse with these.
REFUSED = (401, 403, 405, 406, 418, 429, 451, 468, 514, 567)

RUISHU = re.compile(r"\$_ts\b|FSSBB|\br=['\"]m['\"]")
JSL = re.compile(r"__jsl(?:uid|_clearance)")
CHALLENGE = re.compile(
    r"acw_sc__v[23]|\barg1\s*=\s*['\"][0-9A-Fa-f]{16,}|aliyun_?waf_aa|_waf_bd\w|_waf_is_mobile"  # Aliyun
    r"|__tst_status|EO_Bot"  # Tencent EdgeOne
    r"|C3VK=|CT6T\w*="
    r"|wzws(?:challenge|template|confirm|_sess|_cid|_reload|-waf)|WZWS(?:RE|_CONFIRM|_METHOD)"  # 360 网站卫士
    r"|yunsuo_session|security_session_(?:verify|mid)|security_verify_data"  # 云锁
    r"|_cf_chl_opt|challenge-platform|awswaf\.com|gokuProps|slowAES\.decrypt|safeline(?:[_-]|\w*[Cc]hallenge)"
)
ACTION = re.compile(r"(?i)x-amzn-waf-action:\s*(?:challenge|captcha)|cf-mitigated:\s*challenge")
SETS_COOKIE = re.compile(r"""document(?:\.|\[['"]|['"]\]\.|['"]\]\[['"])cookie(?:['"]\])?\s*=""")
CALLS_AGAIN = re.compile(r"""location(?:['"]\])?(?:(?:\.|\[['"])(?:href|replace|reload|assign)(?:['"]\])?)?\s*[=(]""")

_SAYS = r"(?:访问|请求|操作)(?:过于|太过|过)频繁|(?:访问|请求)(?:频率|次数).{0,6}(?:过高|过多|超|限制)|请求过多"
_REFUSES = (
    r"云防护|拒绝执行|创宇盾|知道创宇|安全狗|网防G01|拦截提示|安全拦截|(?:访问|请求)(?:已|被)?(?:被)?(?:拦截|阻断|拒绝|禁止)"
    r"|(?:您|你)的(?:访问|请求|IP).{0,24}(?:拦截|阻断|拒绝|禁止|不合法|威胁|异常|受限|攻击)|人机验证|滑动验证|安全验证"
    rf"|{_SAYS}|访问异常|禁止访问|拒绝访问|不合法的?(?:参数|请求)|安全威胁|疑似(?:攻击|黑客)|按住滑块|WAF.{{0,4}}拦截"
    r"|Access (?:Denied|Forbidden)|Request (?:blocked|Rejected)|has been blocked|Web Application Firewall"
    r"|EdgeOne|非法访问|非法请求|访问受限|Too Many Requests|rate limit"
)
REFUSES = re.compile(_REFUSES, re.IGNORECASE)
# Without a number or address to quote, the line must say nothing else first.
REFUSES_FIRST = re.compile(rf"(?:抱歉|对不起|提示|错误|很|[，！!,:：\s])*(?:{_REFUSES})", re.IGNORECASE)
WAF = re.compile(rf"{_REFUSES}|防火墙|(?<![A-Za-z])WAF(?![A-Za-z])", re.IGNORECASE)  # with an error status
# At HTTP 200 these alone, as a title: announcements speak of walls and checks too.
WAF_TITLE = re.compile(
    r"云防护|拒绝执行|创宇盾|安全狗|网防G01|拦截提示|安全拦截"
    r"|^(?:提示[-:：]?)?(?:网站|WEB|应用|云)?(?:防火墙|(?:人机|滑动|安全|访问)验证|WAF)(?:提示|拦截|系统)?$"
    rf"|^(?:您的|当前)?(?:访问|请求)(?:已|被|异常|受限)?被?(?:拦截|阻断|拒绝|禁止)?(?:提示)?$|^(?:{_SAYS})"
    r"|^(?:非法|禁止|拒绝)访问|^(?:40[35][\s:：-]*)?Access Denied|^Request (?:blocked|Rejected)|^Just a moment",
    re.IGNORECASE,
)
TRACE = re.compile(
    r"(?:事件|请求|拦截|日志|访问|追踪|会话)\s?(?:的?编号|ID|号码?|时间|IP|地址|序列号|URL)|(?:您|你|客户端|来源|源)的?\s?IP"
    r"|(?:event|request|trace|incident|ray|support)[\s_-]?id|client\s?ip|uuid|管理员|滑块|拖动|验证码|captcha|误(?:报|拦|判)"
    r"|稍[后候]再?(?:试|访问)",
    re.IGNORECASE,
)
# What the short answer of an API says in place of rows.
TOLD = re.compile(
    rf"(?:msg|message|error|info|tip)\w*\W{{1,6}}[^\"'<]{{0,30}}(?:{_SAYS}|拦截|拒绝访问|访问被|非法请求|验证码|人机验证"
    r"|too many requests|access denied|blocked)",
    re.IGNORECASE,
)

GONE_WORD = re.compile(r"不存在|删除|找不到|未找到|没有找到|404|出错|访问不了|无法访问|下线|走丢|已失效")
_PAGE = r"(?:页面|网页|内容|文章|信息|资源|文件|地址|栏目|链接)"
_NO = r"(?:不存在|删除|找不到|未找到|没有找到|下线|无法|出错|走丢|失效|撤回|撤下)"
GONE = re.compile(
    rf"(?:访问|请求|查看|浏览|查找|寻找|打开)的?.{{0,6}}{_PAGE}.{{0,8}}{_NO}"
    r"|(?:页面|网页|文章|信息|内容|文件|栏目|链接).{0,6}(?:不存在|[已被]删除|找不到|未找到|没有找到|走丢了?|出错|已?失效)"
    r"|(?:找不到|未找到|没有找到).{0,8}(?:页面|网页|文章|文件|资源)|访问不了.{0,4}页面|访问出错"
    r"|404\s*[-—:：]?\s*(?:not found|错误|页面|提示|出错|file)|(?:page|file|url)?.{0,12}not\s+found",
    re.IGNORECASE,
)
LOGIN = re.compile(r"请?(?:先|重新)?登[录陆]|统一身份认证|身份验证")
LOGIN_TITLE = re.compile(
    r"(?:.{0,16}[-_—|\s])?(?:.{0,14}(?:平台|系统|中心|门户|用户|账号|统一))?(?:身份认证|登[录陆]|单点登录)"
    r"(?:平台|系统|页面?|中心|入口)?(?:[-_—|\s].{0,20})?"
)
PASSWORD = re.compile(r"""(?i)type\s*=\s*["']?password""")
_ENDS = (
    r"(?:已?关闭|已?关停|暂停|停止(?:服务|访问|运行)|维护(?:中|升级|期间|[，。！!]|$)|升级改造|建设中(?!标)|下线|迁移"
    r"|停用|未开通|到期)"
)
SUSPENDED = re.compile(
    r"^(?:抱歉|对不起|您好|尊敬的(?:用户|网友)|[，！!,:：\s])*(?:您?所?(?:访问|浏览|请求)的|[该本此]|当前)?"
    rf"(?:网站|站点|系统|服务|站|页面|平台).{{0,8}}{_ENDS}"
    r"|(?:网站|本站|站点).{0,20}(?:停止(?:服务|运行|访问)|暂停(?:服务|访问)|关停|关闭|迁移|停用|(?:升级|维护)中)"
    r"|域名.{0,8}(?:过期|到期|未备案|未绑定)|未备案|没有找到.{0,4}站点|(?:系统|服务器|网络|后台)(?:正忙|繁忙)|账户.{0,4}欠费"
    r"|suspended|under (?:maintenance|construction)",
    re.IGNORECASE,
)

# A refresh without an address only reads the page anew now and then.
REFRESH = re.compile(r"""(?i)http-equiv\s*=\s*["']?refresh["']?[^>]{0,40}content\s*=\s*["']?\s*\d*\s*[;,]\s*url""")
REDIRECT = re.compile(
    r"(?i)(?:window|document|self|top|parent)\.location(?:\.href|\.replace|\.assign)?\s*[=(](?!=)"
    r"|location\.(?:href|replace|assign)\s*[=(](?!=)"
)
PHONE = re.compile(r"(?i)userAgent|isMobile|<script[^>]+src=")
LOADING = re.compile(r"(?i)(?:正在|数据|页面|努力)*(?:加载|载入)中?[.…。，]*(?:请稍[候后等])?[.…。]*|loading[.…]*")
APP_ROOT = re.compile(
    r"""(?i)<div[^>]*\bid\s*=\s*["']?(?:app|root|main-app|q-app|__nuxt|__next)["']?[^>]*>\s*</div>|<app-root[^>]*>\s*</app"""
)

# Labels of an article's own line: a page that has one is no error page.
LABEL = re.compile(
    r"(?:发布(?:时间|日期|机构|单位)|发文(?:机关|日期|字号)|成文日期|索\s*引\s*号|信息来源|稿源|来\s?源|浏览(?:次数|数|量)|点击(?:数|率|次数)|责任编辑)"
    r"\s*[\]】]?\s*(?:</?\w[^>]{0,80}>\s*){0,3}[:：](?!\s*(?:IP|\d+\.\d))"
)
# Announcements are called so; error pages are not.
NOTICE = re.compile(r"关于.{2,60}的?(?:通知|通报|公告|通告|公示|提示|提醒|意见|决定|方案|办法|说明|报告|批复|答复|函)")
SITE_NAME = re.compile(r"""(?i)name\s*=\s*["']?SiteName["']?\s+content\s*=\s*["']\s*([^"']*)""")
HOME_TITLE = re.compile(
    r"(?:欢迎访问|首页\s*[-_—|]\s*)?[^-_—|，。、]{2,22}(?:人民政府|政府网|门户网站?|管理委员会|管委会|政府网站)(?:门户网站|网站?)?(?:\s*[-_—|]?\s*首页)?"
)
# Rows that wait in a script of the page itself: nothing needs to be fetched.
ROWS_IN_SCRIPT = re.compile(r"""["']?\w["']?\s*:\s*["'][^"']{0,40}[\u4e00-\u9fff]{4}""")
