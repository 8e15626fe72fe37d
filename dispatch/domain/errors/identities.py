"""What goes wrong between this service and the identity provider people sign in at."""

from dispatch.domain.errors.base import DispatchError


class ProviderMissingError(DispatchError):
    """No identity provider is set up here; sign in by login and password."""

    zh = "本系统未接入统一身份认证平台，请用登录名和密码登录"


class ProviderSettingsError(DispatchError):
    """The identity provider is not set up as it has to be; correct the setting that is named."""

    zh = "统一身份认证平台的配置有误，请按提示更正所列配置项"


class ProviderSilentError(DispatchError):
    """The identity provider does not answer; try again later, or sign in by login and password."""

    zh = "统一身份认证平台没有响应，请稍后重试，或者用登录名和密码登录"


class ProviderAnswerError(DispatchError):
    """The identity provider answers other than OpenID Connect has it; the administrator has to look at its set-up."""

    zh = "统一身份认证平台返回的内容不符合 OpenID Connect 规范，请联系系统管理员核对接入配置"


class ProviderRefusedError(DispatchError):
    """The identity provider did not let you in; sign in anew, and if it stays so, ask its administrator."""

    zh = "统一身份认证平台没有通过本次登录，请重新登录；仍不成功的，请联系该平台的管理员"


class SignInAnewError(DispatchError):
    """This sign-in was not begun in this browser, took too long or is over; begin anew."""

    zh = "本次登录不是在该浏览器中发起，或者已超时、已结束，请重新登录"


class IdentityUnprovedError(DispatchError):
    """What the identity provider says of you does not hold; sign in anew."""

    zh = "统一身份认证平台出具的登录凭证未通过核验，请重新登录"


class IdentityUnknownError(DispatchError):
    """This identity belongs to no account in use here; ask your administrator, or bind it once you have signed in."""

    zh = "该身份没有绑定在用的账号，请联系系统管理员绑定，或者用密码登录后自行绑定"


class IdentityBoundError(DispatchError):
    """This identity belongs to an account already; unbind it there first."""

    zh = "该身份已绑定账号，请先解除原有绑定"


class ProviderFactorError(DispatchError):
    """This account needs a second factor, and the identity provider does not say that it asked for one."""

    zh = "该账号登录须通过双因素认证，平台没有注明已进行；请在平台启用后重新登录，或者用密码和动态验证码登录"
