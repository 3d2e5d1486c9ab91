package mdm_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	nano "github.com/micromdm/nanomdm/mdm"
	"github.com/stretchr/testify/require"

	"heraut/content"
	"heraut/fault"
	"heraut/invitation"
	"heraut/mdm"
	devicesim "heraut/simulator/device"
)

func TestCommandIsNamedByItsSendKey(t *testing.T) {
	one := mdm.CommandUUID(key, "mdm/1")
	require.Equal(t, one, mdm.CommandUUID(key, "mdm/1"))
	require.NotEqual(t, one, mdm.CommandUUID(key, "mdm/2"))
	require.NotEqual(t, one, mdm.CommandUUID([]byte("another"), "mdm/1"))
	require.Regexp(t, "^[0-9A-F]{8}-[0-9A-F]{4}-8[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}$", one)
}

func TestInvite(t *testing.T) {
	raw, err := mdm.Invite("UUID-1", `https://apple.example/?a=1&b="<`)
	require.NoError(t, err)
	require.Contains(t, string(raw), "https://apple.example/?a=1&amp;b=&#34;&lt;")
	decoded, err := nano.DecodeCommand(raw)
	require.NoError(t, err)
	require.Equal(t, "UUID-1", decoded.CommandUUID)
	require.Equal(t, "InviteToProgram", decoded.Command.RequestType)
	require.Contains(t, string(raw), "<key>ProgramID</key><string>com.apple.cloudvpp</string>")
}

// bench is a courier whose parts are as a test wants them.
type bench struct {
	options mdm.CourierOptions
	steps   []string
}

func newBench() *bench {
	b := &bench{}
	b.options = mdm.CourierOptions{
		Key:       key,
		InviteURL: func(context.Context, string) (content.Secret, error) { return inviteURL, nil },
		Keep: func(_ context.Context, c invitation.Command) error {
			b.steps = append(b.steps, "keep "+c.DeliveryID+" "+c.EnrollmentID)
			return nil
		},
		Carry: func(_ context.Context, m invitation.Message, _ string, command []byte) invitation.Outcome {
			b.steps = append(b.steps, "carry "+m.EnrollmentID)
			if !strings.Contains(string(command), "inviteCode=c0de-c0de&amp;mt=8") {
				return invitation.Outcome{Class: invitation.Refused}
			}
			return invitation.Outcome{Class: invitation.Taken}
		},
	}
	return b
}

var message = invitation.Message{DeliveryID: "d1", EnrollmentID: "UDID-1", SendKey: "mdm/1", UserID: "u1"}

func TestCourierNotesTheCommandFirst(t *testing.T) {
	b := newBench()
	require.Equal(t, invitation.Taken, mdm.NewCourier(b.options).Push(t.Context(), message).Class)
	require.Equal(t, []string{"keep d1 UDID-1", "carry UDID-1"}, b.steps)
}

func TestCourierWithoutParts(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*mdm.CourierOptions, *invitation.Message)
		want   invitation.Class
	}{
		"no channel": {func(_ *mdm.CourierOptions, m *invitation.Message) { m.EnrollmentID = "" }, invitation.Refused},
		"not registered": {func(o *mdm.CourierOptions, _ *invitation.Message) {
			o.InviteURL = func(context.Context, string) (content.Secret, error) {
				return "", fault.New(fault.NotFound, "Not registered.")
			}
		}, invitation.Later},
		"code that can not be opened": {func(o *mdm.CourierOptions, _ *invitation.Message) {
			o.InviteURL = func(context.Context, string) (content.Secret, error) {
				return "", fmt.Errorf("opening: %w: %w", fault.New(fault.NotFound, "No code."), errors.New("another key"))
			}
		}, invitation.Later},
		"Apple away": {func(o *mdm.CourierOptions, _ *invitation.Message) {
			o.InviteURL = func(context.Context, string) (content.Secret, error) { return "", errors.New("Apple is away") }
		}, invitation.RouteDown},
		"database away": {func(o *mdm.CourierOptions, _ *invitation.Message) {
			o.Keep = func(context.Context, invitation.Command) error { return errors.New("no database") }
		}, invitation.Later},
	} {
		b, m := newBench(), message
		c.change(&b.options, &m)
		require.Equal(t, c.want, mdm.NewCourier(b.options).Push(t.Context(), m).Class, name)
		require.Empty(t, b.steps, name)
	}
}

func TestCourierStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.Equal(t, invitation.Later, mdm.NewCourier(newBench().options).Push(ctx, message).Class)
}

func TestCommandStaysQueuedWhileAPNsIsAway(t *testing.T) {
	s := newSite(t)
	d := s.enroll(devicesim.Options{Platform: devicesim.IPad}, s.user("A"))
	m := invitation.Message{EnrollmentID: d.UDID(), SendKey: "1"}
	for _, class := range []invitation.Class{invitation.RouteDown, invitation.TokenDead, invitation.Later, invitation.Taken} {
		wake := func(context.Context, invitation.Message) invitation.Outcome {
			return invitation.Outcome{Class: class, Answer: "as APNs says"}
		}
		o := s.courier(wake).Push(t.Context(), m)
		require.Equal(t, class, o.Class)
		require.Equal(t, "as APNs says", o.Answer)
	}
	require.NoError(t, d.Poll(t.Context()))
	require.Equal(t, inviteURL, <-s.shown)
	require.NoError(t, d.Poll(t.Context()))
	require.Empty(t, s.shown, "queued four times, it is one command")
}

func TestNobodyIsEnrolled(t *testing.T) {
	s := newSite(t)
	woken := false
	wake := func(context.Context, invitation.Message) invitation.Outcome {
		woken = true
		return invitation.Outcome{Class: invitation.Taken}
	}
	o := s.courier(wake).Push(t.Context(), message)
	require.Equal(t, invitation.TokenDead, o.Class)
	require.False(t, o.DeadSince.IsZero())
	require.False(t, woken)

	require.NoError(t, s.store.Close())
	require.Equal(t, invitation.Later, s.courier(wake).Push(t.Context(), message).Class)
}
