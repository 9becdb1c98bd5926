"""Signing in and out, passwords, language."""

from allauth.account import views as allauth
from allauth.decorators import rate_limit
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as apps
from allauth.mfa.webauthn import views as passkeys
from django.urls import include, path, re_path, register_converter

from accounts import first_card_views, session_views, views
from accounts.crypto import SealedNumber
from accounts.factor_forms import RemoveWebAuthnForm
from accounts.in_one_piece import in_one_piece

register_converter(SealedNumber, "sealed")

urlpatterns = [
    path("language/", views.set_language, name="set_language"),
    path("theme/", views.set_theme, name="set_theme"),
    path("account/login/", allauth.login, name="account_login"),
    path("account/logout/", allauth.logout, name="account_logout"),
    path(
        "account/password/",
        in_one_piece(allauth.password_change),
        name="account_change_password",
    ),
    path("account/password/reset/", allauth.password_reset, name="account_reset_password"),
    path(
        "account/password/reset/done/",
        allauth.password_reset_done,
        name="account_reset_password_done",
    ),
    # The key holds a dash itself: what stands before the first one is who, the rest is the key.
    re_path(
        r"^account/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        in_one_piece(allauth.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "account/password/reset/key/done/",
        allauth.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    # Whoever comes in by their school has no password here; allauth sends them to this name.
    path("account/password/none/", views.no_password, name="account_set_password"),
    path("account/reauthenticate/", allauth.reauthenticate, name="account_reauthenticate"),
    # As allauth has it, which counts answers alone and no questions.
    path(
        "account/second-factor/webauthn/login/",
        views.asked_by_our_pages(
            rate_limit(action="passkey_question", limit_get=True)(passkeys.login_webauthn)
        ),
        name="mfa_login_webauthn",
    ),
    path("account/second-factor/", include("allauth.mfa.base.urls")),
    path(
        "account/second-factor/totp/activate/",
        in_one_piece(apps.activate_totp),
        name="mfa_activate_totp",
    ),
    path(
        "account/second-factor/totp/deactivate/",
        in_one_piece(apps.deactivate_totp),
        name="mfa_deactivate_totp",
    ),
    # As allauth has them, but for the download, which is shown once too.
    path(
        "account/second-factor/recovery-codes/",
        views.holding_the_codes(recovery_codes.view_recovery_codes),
        name="mfa_view_recovery_codes",
    ),
    path(
        "account/second-factor/recovery-codes/generate/",
        in_one_piece(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    # As allauth has them, without the number of a passkey: those of all schools are counted.
    path("account/second-factor/webauthn/", passkeys.list_webauthn, name="mfa_list_webauthn"),
    path(
        "account/second-factor/webauthn/add/",
        in_one_piece(passkeys.add_webauthn),
        name="mfa_add_webauthn",
    ),
    path(
        "account/second-factor/webauthn/reauthenticate/",
        passkeys.reauthenticate_webauthn,
        name="mfa_reauthenticate_webauthn",
    ),
    path(
        "account/second-factor/webauthn/keys/<sealed:pk>/edit/",
        in_one_piece(passkeys.edit_webauthn),
        name="mfa_edit_webauthn",
    ),
    path(
        "account/second-factor/webauthn/keys/<sealed:pk>/remove/",
        in_one_piece(passkeys.RemoveWebAuthnView.as_view(form_class=RemoveWebAuthnForm)),
        name="mfa_remove_webauthn",
    ),
    path("account/sessions/", session_views.own, name="sessions"),
    path("account/sessions/<slug:session>/end/", session_views.end, name="end_session"),
    path("account/sessions/end-others/", session_views.end_others, name="end_other_sessions"),
    path("account/stay/", views.stay, name="stay"),
    path("account/introduction/close/", first_card_views.close, name="close_introduction"),
    path("account/introduction/again/", first_card_views.again, name="show_introduction"),
    path("", include("accounts.people.urls")),
    path("", include("accounts.sso.urls")),
]
