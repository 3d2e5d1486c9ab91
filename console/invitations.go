package console

import (
	"context"
	"net/http"
	"net/url"
	"path"
	"reflect"

	"heraut/console/page"
	"heraut/invitation"
)

var invitationsRoutes = []route{{get, "/invitations/:id", viewer, (*visit).invitation}}

// invitationsStore reads one invitation.
type invitationsStore interface {
	Invitation(ctx context.Context, id string) (invitation.Invitation, error)
	Timeline(ctx context.Context, id string) ([]invitation.Event, error)
}

// invitationPage is one invitation with its life.
type invitationPage struct {
	invitation.Invitation

	Where                  sentence
	Made, Sent, Ends, Over page.Moment
	Life                   []happening
	// Acts: the visitor may do something about it.
	Acts bool
	// Workflow is its page in the Temporal UI; empty: there is none.
	Workflow string
}

func (v *visit) invitation() error {
	v.section = "active"
	one, err := v.Store.Invitation(v.ctx(), v.id())
	if err != nil {
		return err
	}
	shown, err := v.invitationPage(v.ctx(), one)
	if err != nil {
		return err
	}
	if !one.State.Open() {
		v.section = "completed"
	}
	v.stream = streamFor("/invitations/"+one.ID, nil)
	return v.show(http.StatusOK, "invitations/info", nil, shown)
}

func (v *visit) invitationPage(ctx context.Context, one invitation.Invitation) (invitationPage, error) {
	events, err := v.Store.Timeline(ctx, one.ID)
	if err != nil {
		return invitationPage{}, err
	}
	p := invitationPage{
		Invitation: one, Where: v.invited(one), Made: v.at(one.CreatedAt), Sent: v.at(one.SentAt), Ends: v.at(one.ExpiresAt), Over: v.at(one.SettledAt),
		Acts: v.can(operator) && one.State.Open(), Workflow: v.workflow(one.WorkflowID),
	}
	p.LastAnswer = v.answer(one.LastAnswer)
	p.Where.Answer = "" // it is among the facts
	for _, e := range events {
		p.Life = append(p.Life, v.happened(e))
	}
	return p, nil
}

// workflow is a workflow's page in the Temporal UI; empty without one.
func (v *visit) workflow(id string) string {
	if v.UIOrigin == "" || id == "" {
		return ""
	}
	return v.UIOrigin + "/namespaces/" + url.PathEscape(v.Namespace) + "/workflows/" + url.PathEscape(id)
}

// watchInvitation follows one invitation; its life is read again when something
// about it changed.
func (v *visit) watchInvitation(address *url.URL, _ []string) (watch, error) {
	id, store := path.Base(address.Path), v.Store
	read := func(ctx context.Context) (invitation.Invitation, error) { return store.Invitation(ctx, id) }
	return watching(address.Path, read, func(was *invitation.Invitation, is invitation.Invitation) (t told, err error) {
		if was != nil && reflect.DeepEqual(*was, is) {
			return t, nil
		}
		shown, err := v.invitationPage(v.ctx(), is)
		if err != nil {
			return t, err
		}
		if was != nil {
			t.Spoken = shown.Where.Text()
		}
		t.Parts, err = v.invitationParts(shown, was == nil || was.State.Open() != is.State.Open())
		return t, err
	}), nil
}

// invitationParts are the pieces that changed; the buttons come along where what
// can be done changed, so that whoever has come to one stays there.
func (v *visit) invitationParts(p invitationPage, acts bool) (string, error) {
	parts, err := v.piece("invitations/info", "live", p)
	if err != nil || !acts {
		return parts, err
	}
	buttons, err := v.piece("invitations/info", "acts", p)
	return parts + buttons, err
}
