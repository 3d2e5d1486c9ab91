package console

import (
	"context"
	"net/url"
	"path"
	"reflect"
	"time"

	"heraut/invitation"
)

// sendNews is what the page of a send looks at.
type sendNews struct {
	send invitation.Send
	// paused is until when no mail leaves; zero: it may leave now.
	paused time.Time
}

// watchSend follows the numbers of a send. Its buttons are changed with its state
// alone: whoever has come to one stays there.
func (v *visit) watchSend(address *url.URL, _ []string) (watch, error) {
	id := path.Base(address.Path)
	read := func(ctx context.Context) (sendNews, error) { return v.readSend(ctx, id) }
	return watching(address.Path, read, func(was *sendNews, is sendNews) (told, error) {
		if was != nil && reflect.DeepEqual(*was, is) {
			return told{}, nil
		}
		return v.tellSend(was, is.send)
	}), nil
}

func (v *visit) readSend(ctx context.Context, id string) (news sendNews, err error) {
	if news.send, err = v.Store.Send(ctx, id); err != nil {
		return news, err
	}
	route, err := v.Store.RouteState(ctx, invitation.RouteMail)
	if until := route.PausedUntil(); until.After(v.Now()) {
		news.paused = until
	}
	return news, err
}

func (v *visit) tellSend(was *sendNews, is invitation.Send) (t told, err error) {
	shown, err := v.sendNumbers(is)
	if err != nil {
		return t, err
	}
	if t.Parts, err = v.piece("sends/show", "numbers", shown); err != nil {
		return t, err
	}
	if was != nil && was.send.State == is.State {
		return t, nil
	}
	if was != nil {
		t.Spoken = v.t("state.send." + string(is.State))
	}
	acts, err := v.piece("sends/show", "acts", shown)
	t.Parts += acts
	return t, err
}
