"""Scripts, styles and pictures, each under an address that names its version: /static/<version>/js/main.js.

A page and all that it loads, also what a module imports, is of one version: what is relative stays under the same
address. So a browser may keep every file for ever, and a new page never runs an old script.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware


class Assets(WhiteNoiseMiddleware):
    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path_info
        if path.startswith(settings.STATIC_HOME) and not path.startswith(self.static_prefix):
            return self._of_another_version(request)
        return super().__call__(request)

    def immutable_file_test(self, path: str, url: str) -> bool:
        return not self.autorefresh and url.startswith(self.static_prefix)

    def _of_another_version(self, request: HttpRequest) -> HttpResponse:
        """While two versions serve, or of a page from before: better ours than none, but not to be kept."""
        _version, _slash, name = request.path_info.removeprefix(settings.STATIC_HOME).partition("/")
        file = self.files.get(self.static_prefix + name)
        if file is None:
            return self.get_response(request)
        response = self.serve(file, request)
        response["Cache-Control"] = "no-store"
        return response
