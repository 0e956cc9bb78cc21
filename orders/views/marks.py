"""Marks of clients: set by a supervisor or a manager, proposed by a dispatcher."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dispatch.staff.access import SignedInRequest, may, refuse, requires
from dispatch.staff.refusal import Refused, say
from orders.forms.cards import MarkForm, ProposalForm
from orders.models import Client, ClientMark, MarkProposal
from orders.services import clients, proposals
from orders.views.clients import answer_card, show_card


# /clients/<id>/mark/
@requires("clients.see")
@require_POST
def mark(request: SignedInRequest, pk: int) -> HttpResponse:
    client = get_object_or_404(Client, pk=pk)
    if not may(request.user, "clients.blacklist"):
        return refuse(request, _("A supervisor or a manager decides that."), target=client)
    form = MarkForm(request.POST)
    if not form.is_valid():
        return show_card(request, pk, mark_form=form, status=422)
    try:
        clients.mark(
            client_id=pk,
            mark=ClientMark(form.cleaned_data["mark"]),
            reason=form.cleaned_data["reason"],
            until=form.cleaned_data["until"],
            actor=request.user,
        )
    except Refused as refusal:
        form.add_error("reason", refusal.sentence)
        return show_card(request, pk, mark_form=form, status=422)
    return answer_card(request, pk)


# /clients/<id>/proposal/
@requires("clients.see")
@require_POST
def propose(request: SignedInRequest, pk: int) -> HttpResponse:
    client = get_object_or_404(Client, pk=pk)
    if not may(request.user, "clients.propose"):
        return refuse(request, _("The desk proposes, you decide."), target=client)
    form = ProposalForm(request.POST, prefix="proposal")
    if not form.is_valid():
        return show_card(request, pk, proposal_form=form, status=422)
    try:
        proposals.propose(client_id=pk, reason=form.cleaned_data["reason"], actor=request.user)
    except Refused as refusal:
        form.add_error("reason", refusal.sentence)
        return show_card(request, pk, proposal_form=form, status=422)
    return answer_card(request, pk)


# /clients/proposals/<id>/confirm/
@requires("clients.see")
@require_POST
def confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    proposal = get_object_or_404(MarkProposal, pk=pk)
    if not may(request.user, "clients.blacklist"):
        return refuse(request, _("A supervisor or a manager decides that."), target=proposal.client)
    form = MarkForm(request.POST)
    if not form.is_valid():
        return say(" ".join(str(error) for errors in form.errors.values() for error in errors))
    try:
        proposals.confirm(proposal_id=pk, until=form.cleaned_data["until"], actor=request.user)
    except Refused as refusal:
        return say(refusal.sentence)
    return answer_card(request, proposal.client_id)


# /clients/proposals/<id>/reject/
@requires("clients.see")
@require_POST
def reject(request: SignedInRequest, pk: int) -> HttpResponse:
    proposal = get_object_or_404(MarkProposal, pk=pk)
    if not may(request.user, "clients.blacklist"):
        return refuse(request, _("A supervisor or a manager decides that."), target=proposal.client)
    try:
        proposals.reject(proposal_id=pk, actor=request.user)
    except Refused as refusal:
        return say(refusal.sentence)
    return answer_card(request, proposal.client_id)
