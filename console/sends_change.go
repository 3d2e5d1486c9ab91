package console

import (
	"net/http"

	"heraut/invitation"
)

func (v *visit) pauseSend() error {
	send, err := v.Store.PauseSend(v.ctx(), v.actor(), v.id())
	return v.sendChanged(send, "send_paused", err)
}

func (v *visit) resumeSend() error {
	send, err := v.Store.ResumeSend(v.ctx(), v.actor(), v.id())
	return v.sendChanged(send, "send_resumed", err)
}

// cancelling is the question whether a send is to be cancelled.
type cancelling struct {
	ID, Who string
	// Open is how many invitations it would cancel at most: what another send
	// holds as well goes on for that one.
	Open int
}

func (v *visit) askCancelSend() error {
	v.section = "sends"
	send, err := v.Store.Send(v.ctx(), v.id())
	if err != nil {
		return err
	}
	who, err := v.whoOf([]invitation.Send{send})
	if err != nil {
		return err
	}
	return v.dialog(http.StatusOK, "sends/cancel", "cancel send", cancelling{ID: send.ID, Who: who[send.ID], Open: open(send.Counts)})
}

func (v *visit) cancelSend() error {
	send, err := v.Store.CancelSend(v.ctx(), v.actor(), v.id())
	return v.sendChanged(send, "send_cancelled", err)
}

// sendChanged tells whom a change concerns, and shows the send.
func (v *visit) sendChanged(send invitation.Send, said string, err error) error {
	if err != nil {
		return err
	}
	v.Office.SendChanged(v.ctx(), send)
	v.counts.forget()
	return v.done("/sends/"+send.ID, said, 0)
}
