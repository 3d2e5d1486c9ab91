package portal

import (
	"context"
	"net/http"
	"time"

	"heraut/invitation"
	"heraut/people"
)

// wakeWithin bounds how long a person waits for the engine. Reconcile finds
// answers that it did not hear of.
const wakeWithin = 2 * time.Second

// page shows where the invitation stands. It changes nothing: scanners of mail
// open every link.
func (v *visit) page() error {
	if k := pageOf(v.view.State); k != pageOpen {
		return v.show(http.StatusOK, k)
	}
	return v.openPage()
}

func pageOf(s invitation.State) kind {
	switch s {
	case invitation.Accepted:
		return pageAccepted
	case invitation.Declined:
		return pageDeclined
	case invitation.Cancelled:
		return pageCancelled
	case invitation.Expired:
		return pageExpired
	case invitation.Failed:
		return pageFailed
	default:
		return pageOpen
	}
}

// answer hands the person's answer to the store. A second tap, and a tap that
// comes too late, lead to the true page like the first.
func (v *visit) answer() error {
	a := invitation.Answer(v.c.Request().PostForm.Get("answer"))
	switch {
	case !a.Known():
		return v.show(http.StatusBadRequest, pageRefused)
	case !v.view.State.Open():
		return v.back()
	case a == invitation.Accept && !v.organization.AcceptsHere:
		return v.acceptAtApple()
	}
	actor := people.Actor{Kind: people.ActorUser, ID: v.view.UserID, Name: v.view.FullName}
	if err := v.portal.Invitations.Answer(v.ctx(), v.view.ID, a, actor, invitation.SourcePage); err != nil {
		return v.failed("answering an invitation", err)
	}
	v.wake()
	return v.back()
}

// wake tells the engine of the answer, also when the person has closed the page.
func (v *visit) wake() {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(v.ctx()), wakeWithin)
	defer cancel()
	if err := v.portal.Workflows.WakeUser(ctx, v.view.UserID); err != nil {
		v.portal.Log.WarnContext(ctx, "an answer is kept and its workflow not woken yet", "user_id", v.view.UserID, "error", err)
	}
}

// newLink asks the administrator for a new invitation; nothing is sent.
func (v *visit) newLink() error {
	over := v.view.State == invitation.Expired || v.view.State == invitation.Failed
	if over && !v.view.NewLinkAsked {
		if err := v.portal.Invitations.AskNewLink(v.ctx(), v.view.ID); err != nil {
			return v.failed("asking for a new link", err)
		}
	}
	return v.back()
}
