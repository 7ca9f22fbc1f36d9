"""Access tokens that tests can revoke. Those of simplejwt are good until they lapse."""

from rest_framework_simplejwt import tokens
from rest_framework_simplejwt.exceptions import ExpiredTokenError

_issued = set()
_revoked = set()


class AccessToken(tokens.AccessToken):
    """Refused, once it is revoked, as one that has lapsed."""

    def set_jti(self):
        super().set_jti()
        _issued.add(self["jti"])

    def verify(self):
        super().verify()
        if self["jti"] in _revoked:
            raise ExpiredTokenError("Token is expired")


def revoke_issued():
    """Those issued from now on are good."""
    _revoked.update(_issued)


# What a refresh token makes access tokens with.
tokens.RefreshToken.access_token_class = AccessToken
