package office_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/invitation"
	"heraut/office"
)

var errAway = errors.New("away")

// engine writes down what it is told, and fails where it is away.
type engine struct {
	told []string
	away bool
}

func (e *engine) tell(what string) error {
	e.told = append(e.told, what)
	if e.away {
		return errAway
	}
	return nil
}

func (e *engine) StartUser(_ context.Context, s invitation.Start) error {
	if !s.Deliver {
		return e.tell("start user without delivery " + s.UserID)
	}
	return e.tell("start user " + s.UserID + " for " + s.SendID)
}

func (e *engine) StartGroup(_ context.Context, id string) error { return e.tell("start send " + id) }

func (e *engine) StartBulk(_ context.Context, id string) error { return e.tell("start bulk " + id) }
func (e *engine) WakeUser(_ context.Context, id string) error  { return e.tell("wake user " + id) }
func (e *engine) WakeGroup(_ context.Context, id string) error { return e.tell("wake send " + id) }
func (e *engine) DistributeNow(context.Context) error          { return e.tell("distribute") }

// starts knows whose workflows can be started.
type starts map[string]bool

func (s starts) UserStart(_ context.Context, id string) (invitation.Start, bool, error) {
	open, known := s[id]
	if !known {
		return invitation.Start{}, false, errAway
	}
	return invitation.Start{UserID: id}, open, nil
}

func TestWhoIsTold(t *testing.T) {
	ctx := t.Context()
	for name, c := range map[string]struct {
		do   func(office.Office)
		told []string
	}{
		"a group's send":  {func(o office.Office) { o.Sent(ctx, invitation.Send{ID: "s", GroupID: "g"}) }, []string{"start send s"}},
		"a user's send":   {func(o office.Office) { o.Sent(ctx, invitation.Send{ID: "s", UserID: "u"}) }, []string{"start user u for s"}},
		"nothing is open": {func(o office.Office) { o.Sent(ctx, invitation.Send{ID: "s", UserID: "done"}) }, nil},
		"a bulk action":   {func(o office.Office) { o.BulkMade(ctx, invitation.Bulk{ID: "b"}) }, []string{"start bulk b"}},
		"a group's pause": {func(o office.Office) { o.SendChanged(ctx, invitation.Send{ID: "s", GroupID: "g"}) }, []string{"wake send s"}},
		"a user's pause":  {func(o office.Office) { o.SendChanged(ctx, invitation.Send{ID: "s", UserID: "u"}) }, []string{"wake user u"}},
		"nobody":          {func(o office.Office) { o.UserChanged(ctx, "") }, nil},
		"a decision": {func(o office.Office) {
			o.Decided(ctx, invitation.Decided{UserID: "u", SettledSends: []string{"s", "t"}})
		}, []string{"wake send s", "wake send t", "wake user u"}},
		"licenses to follow": {func(o office.Office) { o.ContentChanged(ctx) }, []string{"distribute"}},
	} {
		t.Run(name, func(t *testing.T) {
			e := &engine{}
			c.do(office.Office{
				Engine: e, Starts: starts{"u": true, "done": false},
				HasContent: func(context.Context) (bool, error) { return true, nil },
				Later:      func(_ context.Context, step string, err error) { require.NoError(t, err, step) },
			})
			require.Equal(t, c.told, e.told)
		})
	}
}

func TestWhatIsLeft(t *testing.T) {
	var left []string
	e := &engine{away: true}
	installed, broken := false, error(nil)
	o := office.Office{
		Engine: e, Starts: starts{"u": true},
		HasContent: func(context.Context) (bool, error) { return installed, broken },
		Later: func(_ context.Context, step string, err error) {
			require.ErrorIs(t, err, errAway)
			left = append(left, step)
		},
	}
	o.Sent(t.Context(), invitation.Send{ID: "s", GroupID: "g"})
	o.Sent(t.Context(), invitation.Send{ID: "s", UserID: "u"})
	o.Sent(t.Context(), invitation.Send{ID: "s", UserID: "stranger"})
	require.Equal(t, []string{"starting a send's workflow", "starting a user's workflow", "reading whose workflow to start"}, left)

	told := len(e.told)
	o.ContentChanged(t.Context())
	require.Len(t, e.told, told, "without a content token there is nothing to distribute")
	broken = errAway
	o.ContentChanged(t.Context())
	installed, broken = true, nil
	o.ContentChanged(t.Context())
	require.Equal(t, []string{"distributing content", "distributing content"}, left[3:])
}
