"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Users, schools, buurtteams and memberships."""

    name = "accounts"
    verbose_name = _("People")

    def ready(self) -> None:
        """Follow what the libraries tell. Their models are not there before now."""
        from allauth.account.signals import authentication_step_completed, password_reset
        from allauth.mfa.signals import (
            authenticator_added,
            authenticator_removed,
            authenticator_reset,
        )
        from django.contrib.auth.signals import user_logged_in
        from django.db.backends.signals import connection_created

        from accounts import adapter, in_one_piece, second_factor, sessions
        from accounts.at_rest import checks, fields  # noqa: F401 - the checks register
        from accounts.signals import second_factor_reset, session_renewed

        second_factor.let_none_come_back()
        second_factor.hide_used_codes()
        in_one_piece.tell_at_once()
        sessions.look_at_all_at_once()
        password_reset.connect(adapter.lift_lock_out, dispatch_uid="accounts.adapter.lift_lock_out")
        second_factor_reset.connect(
            adapter.forget_wrong_codes, dispatch_uid="accounts.adapter.forget_wrong_codes"
        )
        connection_created.connect(
            fields.teach_sqlite, dispatch_uid="accounts.at_rest.teach_sqlite"
        )
        session_renewed.connect(sessions.follow, dispatch_uid="accounts.sessions.follow")
        authentication_step_completed.connect(
            sessions.renew, dispatch_uid="accounts.sessions.renew"
        )
        user_logged_in.connect(sessions.begin, dispatch_uid="accounts.sessions.begin")
        for is_gone in (authenticator_removed, authenticator_reset):
            is_gone.connect(
                second_factor.end_what_it_gave,
                dispatch_uid="accounts.second_factor.end_what_it_gave",
            )
        # New recovery codes are said to be reset.
        for is_new in (authenticator_added, authenticator_reset):
            is_new.connect(
                second_factor.count_new_one, dispatch_uid="accounts.second_factor.count_new_one"
            )
