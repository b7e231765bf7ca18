"""The one API of the product: session sign-in with CSRF, refusals as JSON, one router per app.

Every answer that is not a success has the same body: ``{"code": …, "sentence": …}``.
"""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.security import SessionAuth
from pydantic import BaseModel
from typing_extensions import override

from takings.ads.api import router as ads
from takings.api.rules import sentence_of, status_of
from takings.audience.api import router as audience
from takings.coins.api import router as coins
from takings.core.errors import Refusal
from takings.gifts.api import router as gifts
from takings.insights.api import router as insights
from takings.live.api import router as live
from takings.memberships.api import router as memberships
from takings.videos.api import router as videos


class Problem(BaseModel):
    """Why a request was not carried out: ``code`` for machines, ``sentence`` for people."""

    code: str
    sentence: str


class TakingsAPI(NinjaAPI):
    """NinjaAPI whose document also tells what a refusal looks like."""

    @override
    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Name an operation after its function: clients generate their methods from it."""
        return operation.view_func.__name__

    @override
    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """Return the document; every operation's ``default`` answer is :class:`Problem`."""
        document = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        schemas["Problem"] = Problem.model_json_schema()
        refusal = {
            "description": "A refusal: nothing changed, and the sentence says why",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for operations in document["paths"].values():
            for operation in operations.values():
                operation["responses"].setdefault("default", refusal)
        return document


api = TakingsAPI(
    title="Takings",
    version="1",
    description="An open-source short-video platform that pays, and shows cent by cent why.",
    auth=SessionAuth(csrf=True),
    urls_namespace="api",
)
api.add_router("", audience)
api.add_router("", ads)
api.add_router("", gifts)
api.add_router("", insights)
api.add_router("", live)
api.add_router("", memberships)
api.add_router("", coins)
api.add_router("", videos)


def no_such_endpoint(request: HttpRequest) -> HttpResponse:
    """Answer every address below ``/api/`` that no router owns."""
    return _problem(request, 404, code="no_such_endpoint", sentence="There is nothing here.")


@api.exception_handler(Refusal)
def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return _problem(request, status_of(refusal), code=refusal.code, sentence=str(refusal))


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    problems = [(tuple(one["loc"]), str(one["msg"])) for one in error.errors]
    return _problem(request, 422, code="invalid_request", sentence=sentence_of(problems))


@api.exception_handler(AuthenticationError)
def _not_signed_in(request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    return _problem(request, 401, code="not_signed_in", sentence="Sign in first.")


@api.exception_handler(HttpError)
def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    code = {400: "malformed_request", 403: "csrf_failed"}.get(error.status_code, "refused")
    return _problem(request, error.status_code, code=code, sentence=f"{error.message}.")


@api.exception_handler(Http404)
def _not_found(request: HttpRequest, _error: Http404) -> HttpResponse:
    return _problem(request, 404, code="not_found", sentence="There is no such thing.")


def _problem(request: HttpRequest, status: int, *, code: str, sentence: str) -> HttpResponse:
    return api.create_response(request, {"code": code, "sentence": sentence}, status=status)
