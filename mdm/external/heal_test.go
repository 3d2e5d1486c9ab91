package external_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/invitation"
	"heraut/mdm/external"
)

// silence is a store with commands that nobody has answered.
type silence struct {
	commands []invitation.SilentCommand
	within   time.Duration
	answered string
	breaks   string
}

func (s *silence) SilentCommands(_ context.Context, within time.Duration, limit int) ([]invitation.SilentCommand, error) {
	s.within = within
	return s.commands[:min(limit, len(s.commands))], nil
}

func (s *silence) RepeatCommand(_ context.Context, uuid string) (invitation.Decided, error) {
	if uuid == s.breaks {
		return invitation.Decided{}, errors.New("no database")
	}
	user := s.commands[0].UserID
	s.commands = s.commands[1:]
	if uuid == s.answered {
		return invitation.Decided{}, nil
	}
	return invitation.Decided{UserID: user}, nil
}

func newSilence(n int) *silence {
	s := &silence{}
	for i := range n {
		c := invitation.SilentCommand{UserID: fmt.Sprintf("u-%d", i)}
		c.UUID = fmt.Sprintf("c-%d", i)
		s.commands = append(s.commands, c)
	}
	return s
}

func TestHealRepeatsWhatIsSilent(t *testing.T) {
	for _, n := range []int{0, 1, 200, 450} {
		s := newSilence(n)
		users, err := external.Heal(t.Context(), s, time.Hour)
		require.NoError(t, err)
		require.Len(t, users, n)
		require.Empty(t, s.commands)
		require.Equal(t, time.Hour, s.within)
	}
}

func TestHealLeavesWhatWasAnsweredMeanwhile(t *testing.T) {
	s := newSilence(3)
	s.answered = "c-1"
	users, err := external.Heal(t.Context(), s, time.Hour)
	require.NoError(t, err)
	require.Equal(t, []string{"u-0", "u-2"}, users)
}

func TestHealTellsOfThoseBeforeAnError(t *testing.T) {
	s := newSilence(3)
	s.breaks = "c-2"
	users, err := external.Heal(t.Context(), s, time.Hour)
	require.ErrorContains(t, err, "no database")
	require.Equal(t, []string{"u-0", "u-1"}, users)
}
